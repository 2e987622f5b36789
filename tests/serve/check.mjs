// The classroom page in a real browser: node check.mjs FOLDER-OF-NODE-MODULES BROWSER ADDRESS FOLDER-OF-CAPTURES
// Ends with 1 at the first thing that is not as it should be.
import {createRequire} from 'node:module';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';

const [modules, executablePath, address, captures, pictures] = process.argv.slice(2);
const require = createRequire(join(modules, 'x.js'));
const {chromium} = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const check = (holds, what) => { if (!holds) { throw new Error(what); } };

const browser = await chromium.launch({executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']});
const origin = new URL(address).origin;

/** A page of the server's, and what it said or asked of others. */
const open = async (path, options = {}) => {
  const context = await browser.newContext({viewport: {width: 1280, height: 900}, bypassCSP: false, ...options});
  const page = await context.newPage();
  page.setDefaultTimeout(20000);
  const said = [];
  page.on('console', m => { if ((m.type() === 'error' || m.type() === 'warning') && !/status of (409|422)|favicon/.test(m.text())) said.push(m.text()); });
  page.on('pageerror', e => said.push(e.message));
  page.on('dialog', d => { said.push('dialog: ' + d.message()); d.dismiss(); });
  page.on('request', r => { if (!r.url().startsWith(origin + '/') && !/^(blob|data):/.test(r.url())) said.push('asked for ' + r.url()); });
  await page.goto(address + path);
  return {page, said, context};
};
const quiet = (said, where) => check(said.length === 0, where + ': ' + said.join(' | '));

/** Nothing serious for who reads with other senses; nothing too wide. axe comes past the page's policy, by the driver. */
const audit = async (page, where) => {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  check(wide <= 0, `${where}: the page is ${wide} px too wide`);
  await page.evaluate(axe);
  const found = await page.evaluate(() => axe.run({resultTypes: ['violations']}));
  const bad = found.violations.filter(v => ['serious', 'critical'].includes(v.impact));
  check(bad.length === 0, `${where}: ` + bad.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + ' ' + n.failureSummary).join(' ; ')}`).join('\n'));
  if (pictures) await page.screenshot({path: join(pictures, where.replace(/\W+/g, '-') + '.png')});
};

try {
  let run;
  // A run by keyboard alone: the form, its command and address, the story, back and forth.
  {
    const {page, said, context} = await open('run/tcp?lang=en');
    await page.locator('#f-bytes').focus();
    await page.keyboard.type('4000');
    check((await page.locator('#command').innerText()) === 'sockscope tcp --bytes 4000', 'the command does not follow the form');
    await page.locator('.rules .add').focus();
    await page.keyboard.press('Enter');
    check((await page.locator('#f-fault').inputValue()) === 'lose data 2 from client', 'the rule is not put together');
    check(page.url().includes('bytes=4000') && page.url().includes('fault='), 'the address does not restore the form');
    await page.reload();
    check((await page.locator('#f-bytes').inputValue()) === '4000', 'the form is not restored');
    await page.locator('button.go').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/runs\//);
    await page.locator('.player').waitFor();
    run = page.url().replace(address, '').split('#')[0];
    const rows = page.locator('.rows > tr:not([hidden])'), all = await rows.count();
    check(all > 20, 'the story has ' + all + ' rows');
    check(await page.locator('.picture svg.diagram').isVisible(), 'no picture');
    check((await page.locator('.say').innerText()) === 'The run is over.', 'nobody is told that it is over');
    await page.locator('.back').focus();
    await page.keyboard.press('Enter');
    check(await rows.count() === all - 1, 'back is not one row less');
    await page.locator('.forth').focus();
    await page.keyboard.press('Enter');
    check(await rows.count() === all, 'step is not one row more');
    await page.locator('.scrub').focus();
    await page.keyboard.press('Home');
    check(await rows.count() === 1, 'the beginning is not the first row');
    check(await page.locator('.picture a.later').count() > 5, 'arrows that are to come are drawn');
    await page.locator('.forth').click();
    const moment = page.url().split('#')[1];
    await page.reload();
    await page.locator('.player').waitFor();
    check(page.url().endsWith('#' + moment) && await rows.count() === 2, 'the moment is not restored');
    await page.locator('.slower').selectOption('10');
    await page.locator('.play').click();
    check((await page.locator('.mode').innerText()).includes('10 ×'), 'it does not say how slow it is');
    await page.waitForFunction(n => document.querySelectorAll('.rows > tr:not([hidden])').length === n, all);
    await page.locator('.rows details summary').first().click();
    check(await page.locator('.rows details[open] .fd').first().isVisible(), 'a row does not open to its fields');
    check(await page.locator('[data-file="run.pcapng"] a').isVisible(), 'no recording is offered');
    quiet(said, 'tcp');
    await context.close();
  }
  // The report is no page of the server's: whatever stands in it, it has no origin.
  {
    const {page, said, context} = await open(run.split('?')[0] + '/report.html');
    check(await page.evaluate(() => self.origin) === 'null', 'the report has an origin');
    await page.locator('svg.diagram a', {hasText: 'SYN'}).first().dispatchEvent('click');
    await page.locator('#panel .fd').first().waitFor();
    quiet(said, 'report');
    await context.close();
  }
  // What came from outside is text.
  {
    const {page, said, context} = await open('run/tcp?lang=en');
    await page.locator('#f-message').fill('</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1>');
    await page.locator('button.go').click();
    await page.waitForURL(/runs\//);
    await page.locator('.player').waitFor();
    check(await page.evaluate(() => window.hacked === undefined && !document.querySelector('img, [onerror]')), 'markup came through');
    check((await page.locator('table.story').innerText()).includes('<script>window.hacked=1'), 'the text is not there');
    quiet(said, 'hostile');
    await context.close();
  }
  // The article's buttons, and a second browser that watches.
  {
    const {page, said, context} = await open('article?lang=zh');
    const button = name => page.getByRole('button', {name});
    await button('启动服务器').click();
    await page.locator('#answer', {hasText: '开启监听,接收客户端数据中'}).waitFor();
    const watcher = await open('article?lang=en');
    await watcher.page.locator('.rows > tr', {hasText: 'listen('}).first().waitFor();
    await watcher.context.setOffline(true);
    await button('运行客户端').click();
    await page.locator('#answer', {hasText: '成功'}).waitFor();
    await button('启动服务器').click();
    await page.locator('#answer', {hasText: 'EADDRINUSE'}).waitFor();
    await watcher.context.setOffline(false);
    await watcher.page.locator('.rows > tr', {hasText: 'EADDRINUSE'}).first().waitFor();
    await page.locator('.rows > tr', {hasText: 'EADDRINUSE'}).first().waitFor();
    const numbers = shown => shown.locator('.rows > tr').evaluateAll(rows => rows.map(row => row.dataset.n).join(' '));
    let here, there;
    const until = Date.now() + 20000;
    do { [here, there] = [await numbers(page), await numbers(watcher.page)]; } while (here !== there && Date.now() < until);
    check(here === there, 'the watcher saw other rows: ' + there + '; not ' + here);
    await audit(page, 'article zh');
    await button('停止').click();
    await page.locator('#answer', {hasText: '已停止'}).waitFor();
    quiet(said, 'article');
    await watcher.context.close();
    await context.close();
  }
  // A lesson: a question answered by keyboard.
  let lesson;
  {
    const {page, said, context} = await open('lessons?lang=en');
    await page.getByRole('button', {name: /handshake/i}).first().click();
    await page.waitForURL(/runs\//);
    lesson = page.url().replace(address, '');
    await page.locator('form.answer').waitFor();
    check(!(await page.locator('.said').innerText()).includes('✓'), 'it is shown before it is asked');
    await page.locator('#given').focus();
    await page.keyboard.type('2');
    await page.keyboard.press('Enter');
    await page.locator('.said', {hasText: /\u2713|Right|right/}).waitFor();
    await audit(page, 'lesson');
    quiet(said, 'lesson');
    await context.close();
  }
  // A capture, and a file that is none.
  for (const [file, wanted] of [['four.pcap', '.player'], ['run.pcapng', '.player']]) {
    const {page, said, context} = await open('explain?lang=en');
    await page.locator('#capture').setInputFiles(join(captures, file));
    await page.getByRole('button', {name: 'Explain it'}).click();
    await page.waitForURL(/runs\//);
    await page.locator(wanted).waitFor();
    quiet(said, file);
    await context.close();
  }
  {
    const {page, said, context} = await open('explain?lang=en');
    await page.locator('#capture').setInputFiles({name: 'x.pcap', mimeType: 'application/octet-stream', buffer: Buffer.from('no capture <img src=x onerror=alert(1)>')});
    await page.getByRole('button', {name: 'Explain it'}).click();
    await page.waitForURL(/runs\//);
    await page.locator('.said', {hasText: 'error'}).waitFor();
    quiet(said, 'no capture');
    await context.close();
  }
  // Every page, in both languages, both lights, at a desk and on a phone.
  for (const path of ['', 'article', 'run/tcp', 'run/compare', 'lessons', 'explain', run.split('?')[0]]) {
    for (const [colorScheme, lang, width] of [['light', 'en', 1280], ['dark', 'zh', 390], ['dark', 'en', 1280], ['light', 'zh', 390]]) {
      const {page, said, context} = await open(`${path}?lang=${lang}`, {colorScheme, viewport: {width, height: 844}});
      check(await page.locator('html').getAttribute('lang') === lang, 'the page is in another language');
      if (path.startsWith('runs')) await page.locator('.player').waitFor();
      await audit(page, `${path} ${colorScheme} ${lang} ${width}`);
      quiet(said, path);
      await context.close();
    }
  }
  console.log('as it should be');
} catch (error) {
  console.log(error.message);
  process.exitCode = 1;
} finally {
  await browser.close();
}
