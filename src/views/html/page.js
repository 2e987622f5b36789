'use strict';
(() => {
  const $ = (s, e = document) => e.querySelector(s), all = (s, e = document) => [...e.querySelectorAll(s)];
  const unpack = async text => {
    const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'))).text();
  };
  const packs = new Map();
  const pack = id => {
    if (!packs.has(id)) packs.set(id, unpack($('#z' + id).textContent));
    return packs.get(id);
  };

  // The language: the page's switch, told to whoever reads it aloud.
  all('.switch input').forEach(i => i.addEventListener('change', () => { document.documentElement.lang = i.value; }));

  // Fields and the kernel's numbers, where they are packed.
  const details = all('script[data-a]').map(s => ({id: s.id.slice(1), anchor: s.dataset.a, first: +s.dataset.f, last: +s.dataset.l}));
  const unfold = async row => {
    const place = $('.dt', row);
    if (!place || place.firstChild) { if (place) light(place); return; }
    const at = row.id.lastIndexOf('-') + 1, anchor = row.id.slice(0, at), number = +row.id.slice(at);
    const found = details.find(d => d.anchor === anchor && d.first <= number && number <= d.last);
    if (!found) return;
    const box = document.createElement('template');
    box.innerHTML = await pack(found.id);
    const own = $('[data-m="' + number + '"]', box.content);
    if (own && !place.firstChild) { place.append(...own.childNodes); light(place); }
  };

  // A field lights its bytes, a byte its field.
  const light = place => {
    const root = place.parentNode;
    if (!root || place.dataset.lit) return;
    place.dataset.lit = '1';
    all('.hx code[data-o]', root).forEach(code => {
      const from = +code.dataset.o;
      const parts = code.textContent.trim().split(' ').map((byte, i) => {
        const span = document.createElement('span');
        span.textContent = byte;
        if (byte !== '…') span.dataset.i = from + i;
        return span;
      });
      code.replaceChildren(...parts.flatMap((span, i) => i ? [' ', span] : [span]));
    });
    const rows = all('tr[data-o]', place);
    rows.forEach(row => { row.tabIndex = 0; });
    all('.pl[data-h]', place).forEach(pre => {
      const bytes = pre.dataset.h.match(/../g) || [], from = +pre.dataset.o, lines = [];
      for (let i = 0; i < bytes.length; i += 16) {
        const row = bytes.slice(i, i + 16);
        const text = row.map(b => { const n = parseInt(b, 16); return n > 31 && n < 127 ? String.fromCharCode(n) : '.'; }).join('');
        lines.push(String(from + i).padStart(5) + '  ' + row.join(' ').padEnd(48) + ' ' + text);
      }
      delete pre.dataset.h;
      pre.textContent = lines.join('\n');
    });
    const show = row => {
      all('.on', root).forEach(e => e.classList.remove('on'));
      rows.forEach(r => r.classList.toggle('hot', r === row));
      if (row) all('.hx [data-i]', root).forEach(e => { const i = +e.dataset.i - row.dataset.o; e.classList.toggle('on', i >= 0 && i < +row.dataset.l); });
    };
    rows.forEach(row => ['pointerenter', 'focus'].forEach(e => row.addEventListener(e, () => show(row))));
    all('.hx', root).forEach(hx => hx.addEventListener('pointerover', e => {
      const i = e.target.dataset && e.target.dataset.i;
      if (i !== undefined) show(rows.find(r => +r.dataset.o <= +i && +i < +r.dataset.o + +r.dataset.l) || null);
    }));
  };
  document.addEventListener('toggle', e => { if (e.target.open) { const row = e.target.closest('tr'); if (row) unfold(row); } }, true);

  // Rows that are packed come when they are looked for.
  const later = async body => {
    if (!body.dataset.z) return;
    const id = body.dataset.z;
    delete body.dataset.z;
    const box = document.createElement('template');
    box.innerHTML = '<table><tbody>' + await pack(id) + '</tbody></table>';
    body.replaceChildren(...$('tbody', box.content).childNodes);
    packs.delete(id);
  };
  const waiting = all('tbody.later');
  waiting.forEach(body => { body.style.height = body.dataset.n * 34 + 'px'; });
  const watch = new IntersectionObserver(seen => seen.forEach(s => { if (s.isIntersecting) { watch.unobserve(s.target); later(s.target).then(() => { s.target.style.height = ''; }); } }), {rootMargin: '800px'});
  waiting.forEach(body => watch.observe(body));

  // A segment of the picture opens beside it.
  const panel = $('#panel'), tools = $('#tools');
  let links = [], shown = -1;
  const open = async at => {
    const link = links[at], row = link && document.getElementById(link.getAttribute('href').slice(1));
    if (!row) return false;
    shown = at;
    await unfold(row);
    const bar = $('.bar', tools.content).cloneNode(true);
    const head = document.createElement('b');
    head.append(...[...$('.t', row).childNodes].map(n => n.textContent), ' ms ');
    all('.w', row).forEach(w => head.append(...[...w.childNodes].map(n => n.cloneNode(true))));
    bar.prepend(head);
    const body = document.createElement('div');
    body.append(...[...row.cells[2].childNodes].map(n => n.cloneNode(true)));
    all('details', body).forEach(d => { d.open = true; });
    all('[data-lit]', body).forEach(d => { delete d.dataset.lit; light(d); });
    panel.replaceChildren(bar, body);
    panel.hidden = false;
    panel.scrollTop = 0;
    $('.prev', bar).addEventListener('click', () => open(shown - 1));
    $('.next', bar).addEventListener('click', () => open(shown + 1));
    $('.close', bar).addEventListener('click', close);
    return true;
  };
  const close = () => { panel.hidden = true; if (links[shown]) links[shown].focus(); };
  document.addEventListener('click', e => {
    const link = e.target.closest && e.target.closest('svg a');
    if (!link) return;
    links = all('a', link.ownerSVGElement);
    const at = links.indexOf(link);
    if (document.getElementById(link.getAttribute('href').slice(1))) { e.preventDefault(); open(at); }
  });
  document.addEventListener('keydown', e => {
    if (panel.hidden) return;
    if (e.key === 'Escape') close();
    else if (e.key === 'ArrowRight' && !e.target.matches('input')) open(shown + 1);
    else if (e.key === 'ArrowLeft' && !e.target.matches('input')) open(shown - 1);
  });

  // Zoom, a picture of the picture, and what is in a part of the time.
  all('svg.diagram').forEach(svg => {
    const bar = $('.tools', tools.content).cloneNode(true), box = svg.closest('.scroll');
    let zoom = 1;
    const scale = z => { zoom = Math.min(6, Math.max(.3, z)); svg.style.width = zoom === 1 ? '' : 100 * zoom + '%'; svg.style.maxWidth = 'none'; };
    $('.in', bar).addEventListener('click', () => scale(zoom * 1.4));
    $('.out', bar).addEventListener('click', () => scale(zoom / 1.4));
    $('.png', bar).addEventListener('click', () => save(svg));
    const data = JSON.parse(($('script.data', svg.closest('section')) || {textContent: '[]'}).textContent);
    const range = $('.range', bar);
    if (data.length < 2) range.remove();
    else {
      const from = $('.from', bar), to = $('.to', bar), out = n => $('.' + n, bar);
      const end = Math.max(...data.map(d => d[0]));
      const count = () => {
        const a = end * from.value / 1000, b = end * to.value / 1000;
        const some = data.filter(d => d[0] >= Math.min(a, b) - 1e-9 && d[0] <= Math.max(a, b) + 1e-9);
        out('span').textContent = Math.min(a, b).toFixed(1) + '–' + Math.max(a, b).toFixed(1) + ' ms';
        out('n').textContent = some.length;
        out('bytes').textContent = some.reduce((s, d) => s + d[1], 0);
        out('lost').textContent = some.filter(d => d[2]).length;
        const trips = some.map(d => d[3]).filter(t => t > 0).sort((x, y) => x - y);
        out('rtt').textContent = trips.length ? trips[0].toFixed(1) + '–' + trips[trips.length - 1].toFixed(1) + ' ms' : '–';
      };
      [from, to].forEach(i => i.addEventListener('input', count));
      count();
    }
    box.before(bar);
  });
  const save = svg => {
    const copy = svg.cloneNode(true), size = svg.viewBox.baseVal;
    const lang = document.documentElement.lang;
    all('[lang]', copy).forEach(e => { if (e.lang !== lang && e.getAttribute('lang') !== lang) e.remove(); });
    copy.removeAttribute('style');
    copy.setAttribute('width', size.width);
    copy.setAttribute('height', size.height);
    const style = document.createElementNS('http://www.w3.org/2000/svg', 'style');
    style.textContent = $('style').textContent.replace(/body:has[^}]*}/g, '');
    copy.prepend(style);
    const url = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], {type: 'image/svg+xml'}));
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement('canvas');
      canvas.width = size.width * 2;
      canvas.height = Math.min(size.height * 2, 16000);
      canvas.getContext('2d').drawImage(image, 0, 0, size.width * 2, size.height * 2);
      canvas.toBlob(blob => {
        const link = document.createElement('a');
        link.href = URL.createObjectURL(blob);
        link.download = 'sockscope.png';
        link.click();
      });
      URL.revokeObjectURL(url);
    };
    image.src = url;
  };
})();
