// A report in a real browser: node check.mjs FOLDER-OF-NODE-MODULES BROWSER RECORDED HOSTILE LARGE
// Ends with 1 at the first thing that is not as it should be.
import {createRequire} from 'node:module';
import {pathToFileURL} from 'node:url';
import {readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';

const [modules, executablePath, recorded, hostile, large] = process.argv.slice(2);
const require = createRequire(join(modules, 'x.js'));
const {chromium} = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const check = (holds, what) => { if (!holds) { throw new Error(what); } };

// Nothing of the browser's own may look like something of the page's.
const browser = await chromium.launch({executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']});

/** A page with this file in it, and what it said and asked for. */
const open = async (file, options = {}) => {
  const context = await browser.newContext({viewport: {width: 1280, height: 900}, ...options});
  const page = await context.newPage();
  const said = [];
  page.on('console', m => { if (m.type() === 'error' || m.type() === 'warning') said.push(m.text()); });
  page.on('pageerror', e => said.push(e.message));
  page.on('dialog', d => { said.push('dialog: ' + d.message()); d.dismiss(); });
  page.on('request', r => { if (!/^(file|blob|data):/.test(r.url())) said.push('asked for ' + r.url()); });
  await page.goto(pathToFileURL(file).href);
  return {page, said, context};
};
const quiet = (said, where) => check(said.length === 0, where + ': ' + said.join(' | '));

try {
  // With a script: a segment opens, lights its bits, closes; the language; paper.
  {
    const {page, said, context} = await open(recorded);
    const link = page.locator('svg.diagram a', {hasText: 'SYN'}).first();
    await link.focus();
    await page.keyboard.press('Enter');
    await page.locator('#panel .fd tr[data-o]').first().waitFor();
    check(await page.locator('#panel').isVisible(), 'the panel does not open');
    check((await page.locator('#panel .fd').innerText()).includes('sequence number'), 'no field in the panel');
    await page.locator('#panel .fd tr[data-o]', {hasText: 'sequence number'}).first().focus();
    check(await page.locator('#panel .hx .on').count() === 4, 'a sequence number has four bytes');
    const before = await page.locator('#panel').innerText();
    await page.locator('#panel .next').click();
    await page.waitForFunction(b => document.querySelector('#panel').innerText !== b, before);
    await page.keyboard.press('Escape');
    check(await page.locator('#panel').isHidden(), 'Escape does not close the panel');
    check(await page.getByText('值得注意之处').last().isHidden(), 'both languages are shown');
    await page.locator('label[for=l-zh]').click();
    check(await page.locator('h2', {hasText: '值得注意之处'}).isVisible(), 'no Chinese');
    check(await page.locator('html').getAttribute('lang') === 'zh', 'the page does not say that it is Chinese');
    check(await page.locator('h2 span[lang=en]').first().isHidden(), 'English is still shown');
    const paper = await page.pdf({format: 'A4'});
    check(paper.length > 20000, 'nothing is printed');
    quiet(said, 'recorded');
    await context.close();
  }
  // Without one: sentences, bytes and the language are there.
  {
    const {page, context} = await open(recorded, {javaScriptEnabled: false});
    const row = page.locator('tr.k-syn details').first();
    await row.locator('summary').click();
    check(await row.locator('p[lang=en]').first().isVisible(), 'no sentence without a script');
    check(await row.locator('.hx').isVisible(), 'no bytes without a script');
    await page.locator('label[for=l-zh]').click();
    check(await row.locator('p[lang=zh]').first().isVisible(), 'no Chinese without a script');
    await context.close();
  }
  // In a frame without an origin, as a learning platform shows it.
  {
    const outer = join(dirname(recorded), 'outer.html');
    const inner = readFileSync(recorded, 'utf8').replace(/&/g, '&amp;').replace(/"/g, '&quot;');
    writeFileSync(outer, `<!DOCTYPE html><title>outer</title><iframe sandbox="allow-scripts" width="1200" height="800" srcdoc="${inner}"></iframe>`);
    const {page, said, context} = await open(outer);
    const frame = page.frameLocator('iframe');
    await frame.locator('svg.diagram a', {hasText: 'SYN'}).first().dispatchEvent('click');
    await frame.locator('#panel .fd').first().waitFor();
    quiet(said, 'in a frame');
    await context.close();
  }
  // What came from outside is text.
  {
    const {page, said, context} = await open(hostile);
    const count = await page.locator('svg.diagram a').count();
    check(count > 3, 'the hostile run was not drawn');
    for (let at = 0; at < Math.min(count, 30); at++) await page.locator('svg.diagram a').nth(at).dispatchEvent('click');
    for (const summary of await page.locator('summary').all()) await summary.click();
    await page.waitForTimeout(100);
    check(await page.evaluate(() => window.hacked === undefined), 'a script from outside ran');
    check(await page.evaluate(() => document.querySelectorAll('img, iframe, object, [onerror], [onload], [style*=url]').length) === 0, 'markup came through');
    check((await page.locator('table.story').innerText()).includes('</script><script>window.hacked=1'), 'the text is not there');
    quiet(said, 'hostile');
    await context.close();
  }
  // What is packed comes when it is looked for.
  {
    const {page, said, context} = await open(large);
    const rows = () => page.locator('table.story tr[id]').count();
    const first = await rows();
    check(await page.locator('tbody.later').count() > 0, 'nothing is packed');
    await page.locator('tbody.later').last().scrollIntoViewIfNeeded();
    await page.waitForFunction(n => document.querySelectorAll('table.story tr[id]').length > n, first);
    const details = page.locator('tr.k-data details').first();
    await details.locator('summary').click();
    await details.locator('.fd tr[data-o]').first().waitFor({state: 'attached'});
    quiet(said, 'large');
    await context.close();
  }
  // Who reads with other senses, or in other light.
  for (const colorScheme of ['light', 'dark']) {
    for (const lang of ['en', 'zh']) {
      for (const width of [1280, 390]) {
        const {page, context} = await open(recorded, {colorScheme, viewport: {width, height: 844}});
        await page.locator('label[for=l-' + lang + ']').click();
        await page.locator('summary').first().click();
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        check(wide <= 0, `${colorScheme} ${lang} ${width}: the page is ${wide} px too wide`);
        await page.evaluate(axe);
        const found = await page.evaluate(() => axe.run({resultTypes: ['violations']}));
        const bad = found.violations.filter(v => ['serious', 'critical'].includes(v.impact));
        check(bad.length === 0, `${colorScheme} ${lang} ${width}: ` + bad.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + ' ' + n.failureSummary).join(' ; ')}`).join('\n'));
        await context.close();
      }
    }
  }
  console.log('as it should be');
} catch (error) {
  console.log(error.message);
  process.exitCode = 1;
} finally {
  await browser.close();
}
