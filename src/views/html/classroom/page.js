'use strict';
(() => {
  const $ = (s, e = document) => e.querySelector(s), all = (s, e = document) => [...e.querySelectorAll(s)];
  const {root, token} = document.body.dataset;
  const post = (to, body, headers = {}) => fetch(to, {method: 'POST', body, headers: {'X-CSRF-Token': token, ...headers}});
  const answered = async response => { const text = await response.text(); return text.startsWith('<') ? (new DOMParser().parseFromString(text, 'text/html').querySelector('[role=alert]') || {}).textContent || response.statusText : text; };

  // The link's token is exchanged for a cookie, and leaves the address.
  const join = $('#join');
  if (join) {
    const enter = async given => {
      const got = await post(root + 'api/session', new URLSearchParams({token: given}));
      if (got.ok) location.replace(location.pathname + location.search);
    };
    if (location.hash.startsWith('#token=')) {
      const given = location.hash.slice(7);
      history.replaceState(null, '', location.pathname + location.search);
      enter(given);
    }
    join.addEventListener('submit', e => { e.preventDefault(); enter($('#token').value); });
  }

  // Copying, on plain http too.
  document.addEventListener('click', async e => {
    const button = e.target.closest && e.target.closest('.copy');
    if (!button) return;
    const code = $('code', button.parentNode), range = document.createRange();
    range.selectNodeContents(code);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    try { await navigator.clipboard.writeText(code.textContent); } catch { document.execCommand('copy'); }
    button.textContent = button.dataset.done;
  });

  // The form: its command and its address say what is filled in.
  const form = $('form.run');
  if (form) {
    const quoted = text => /^[\w.,:=/%+-]+$/.test(text) ? text : "'" + text.replace(/'/g, "'\\''") + "'";
    const fields = all('.field', form).map(f => ({flag: f.dataset.flag, fallback: f.dataset.default, input: $('input, select, textarea', f)}));
    const told = () => {
      const words = [], pairs = [];
      for (const {flag, fallback, input} of fields) {
        const lines = input.type === 'checkbox' ? [] : input.tagName === 'TEXTAREA' ? input.value.split('\n') : [input.value];
        if (input.type === 'checkbox' && input.checked) { words.push(flag); pairs.push([input.name, 'on']); }
        for (const line of lines) if (line && line !== fallback) words.push(flag + ' ' + quoted(line));
        if (input.type !== 'checkbox' && input.value && input.value !== fallback) pairs.push([input.name, input.value]);
      }
      $('#command').textContent = ['sockscope', form.dataset.verb, ...words].join(' ');
      const lang = new URLSearchParams(location.search).get('lang');
      history.replaceState(null, '', '?' + new URLSearchParams(lang ? [...pairs, ['lang', lang]] : pairs));
    };
    form.addEventListener('input', told);
    form.addEventListener('reset', () => setTimeout(told));
    told();
    const rules = $('.rules', form);
    if (rules) {
      rules.hidden = false;
      const part = name => $('.' + name, rules), by = () => { part('by').hidden = part('what').value !== 'delay'; };
      part('what').addEventListener('change', by);
      by();
      part('add').addEventListener('click', () => {
        const area = $('#f-fault', form), wait = part('what').value === 'delay' ? ' by ' + part('time').value : '';
        const rule = part('what').value + ' ' + part('kind').value + ' ' + part('number').value + ' from ' + part('from').value + wait;
        area.value = (area.value ? area.value.replace(/\n*$/, '\n') : '') + rule;
        told();
        area.focus();
      });
      // What belongs to the builder belongs to no rule yet.
      rules.addEventListener('input', e => e.stopPropagation());
    }
  }

  // A capture goes as it is.
  const upload = $('#upload');
  if (upload) upload.addEventListener('submit', async e => {
    e.preventDefault();
    const file = $('#capture').files[0], say = $('#answer');
    if (!file) return;
    if (file.size > upload.dataset.most * 1048576) { say.textContent = say.dataset.large; return; }
    try {
      const got = await post('explain', file, {'Content-Type': 'application/octet-stream', Accept: 'application/json'});
      if (got.ok) location.assign((await got.json()).run + location.search);
      else say.textContent = await answered(got);
    } catch { say.textContent = say.dataset.none; }
  });

  // The article's buttons answer in the page.
  all('.actions form').forEach(one => one.addEventListener('submit', async e => {
    e.preventDefault();
    const say = $('#answer'), before = $('.live');
    try {
      const got = await post(one.action, new URLSearchParams(new FormData(one)), {Accept: 'text/plain'});
      say.textContent = await answered(got);
      const run = got.headers.get('X-Run');
      if (run && !(before && before.dataset.at.endsWith(run))) {
        const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), 'text/html'), live = $('.live', page);
        if (live) { if (before) { before.replaceWith(live); } else $('main').append(live); follow(live); }
      }
    } catch { say.textContent = say.dataset.none; }
  }));

  // A run: what happens, live; then played again.
  const follow = live => {
    const rows = $('.rows', live), said = $('.said', live), say = $('.say', live), mode = $('.mode', live), player = $('.player', live);
    const answer = $('.answer', live);
    let told = 0, timer = 0;
    const tell = () => { timer = 0; if (rows) say.textContent = live.dataset.live + ' · ' + told; };
    mode.textContent = live.dataset.live;
    const source = new EventSource(live.dataset.at + '/events');
    source.addEventListener('row', e => {
      const {n, ms, html} = JSON.parse(e.data), box = document.createElement('template');
      box.innerHTML = '<table><tbody>' + html + '</tbody></table>';
      const row = $('tr', box.content);
      row.dataset.n = n;
      row.dataset.ms = ms;
      rows.append(row);
      told++;
      // Read out now and then, not row by row.
      timer = timer || setTimeout(tell, 1500);
    });
    source.addEventListener('text', e => {
      said.hidden = false;
      const down = said.scrollHeight - said.scrollTop - said.clientHeight < 60;
      said.append(JSON.parse(e.data));
      if (down) said.scrollTop = said.scrollHeight;
      if (answer) {
        const asks = / > $/.test(said.textContent.slice(-80));
        answer.hidden = !asks;
        if (asks) { $('#given').value = ''; $('#given').focus(); }
      }
    });
    source.addEventListener('picture', e => {
      const {diagram, summary, left_out} = JSON.parse(e.data), place = $('.picture', live);
      if (diagram) { place.innerHTML = diagram; place.hidden = false; }
      $('.summary', live).innerHTML = summary;
      if (left_out) $('.summary', live).append(live.dataset.left + ' ' + left_out);
    });
    source.addEventListener('gap', () => { say.textContent = live.dataset.lost; });
    source.addEventListener('over', e => {
      source.close();
      clearTimeout(timer);
      timer = 0;
      mode.textContent = '';
      say.textContent = live.dataset.over;
      if (answer) answer.hidden = true;
      const results = $('#results'), stop = $('#stop');
      if (stop) stop.hidden = true;
      if (results) {
        const files = JSON.parse(e.data);
        all('[data-file]', results).forEach(li => { li.hidden = !files.includes(li.dataset.file); });
        results.hidden = false;
      }
      if (player && rows.rows.length > 1) play(live, rows, player, mode);
    });
    if (answer) answer.addEventListener('submit', async e => {
      e.preventDefault();
      const given = $('#given').value;
      answer.hidden = true;
      said.append(given + '\n');
      await post(answer.action, new URLSearchParams({given}));
    });
  };

  // Of the told story; the kernel's clocks went on long ago.
  const play = (live, rows, player, mode) => {
    const list = [...rows.rows], links = all('.picture a', live), scrub = $('.scrub', player), button = $('.play', player), slower = $('.slower', player);
    let at = list.length - 1, timer = 0;
    player.hidden = false;
    scrub.max = at;
    const show = to => {
      at = Math.max(0, Math.min(list.length - 1, to));
      scrub.value = at;
      const now = +list[at].dataset.n;
      list.forEach((row, i) => { row.hidden = i > at; row.classList.toggle('now', i === at); });
      links.forEach(link => {
        const n = +(link.getAttribute('href') || '').split('-').pop();
        link.classList.toggle('later', n > now);
        link.classList.toggle('now', n === now);
      });
      live.dataset.moment = now;
      history.replaceState(null, '', '#m0-' + now);
    };
    const halt = () => { clearTimeout(timer); timer = 0; button.textContent = button.dataset.play; mode.textContent = ''; };
    const next = () => {
      if (at >= list.length - 1) return halt();
      const wait = (list[at + 1].dataset.ms - list[at].dataset.ms) * slower.value;
      timer = setTimeout(() => { show(at + 1); next(); }, Math.min(Math.max(wait, 0), 4000));
    };
    button.addEventListener('click', () => {
      if (timer) return halt();
      if (at >= list.length - 1) show(0);
      button.textContent = button.dataset.pause;
      mode.textContent = live.dataset.played + ' ' + slower.value + ' ×';
      next();
    });
    $('.back', player).addEventListener('click', () => { halt(); show(at - 1); });
    $('.forth', player).addEventListener('click', () => { halt(); show(at + 1); });
    scrub.addEventListener('input', () => { halt(); show(+scrub.value); });
    slower.addEventListener('change', () => { if (timer) mode.textContent = live.dataset.played + ' ' + slower.value + ' ×'; });
    const wanted = /^#m0-(\d+)$/.exec(location.hash);
    if (wanted) { const to = list.findIndex(row => row.dataset.n === wanted[1]); if (to >= 0) show(to); }
  };
  all('.live').forEach(follow);
})();
