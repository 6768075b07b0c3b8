import { describe, expect, it } from 'vitest'
import { fillPageParts } from './page-parts.ts'

const files: Readonly<Record<string, string>> = {
  'parts/view.html':
    '<title><!-- slot: title --></title><!-- part: foot --><script src="./<!-- page -->.ts">',
  'parts/foot.html': '<footer>$& the end</footer>',
  'parts/outer.html': '<div><!-- part: foot --></div>',
  'parts/way.cloud.html': '<p>a tenant</p>\n',
  'parts/way.client-managed.html': '<p>a server</p><!-- part: foot -->\n',
  'copy/rest.ts': "const html = '<b>$&' && 1\n",
}
const read = (name: string) => {
  const text = files[name]
  if (text === undefined) throw new Error(`There is no ${name}`)
  return text
}
const fill = (html: string, file = 'rest.html') => fillPageParts(html, { file, read })

describe('the parts of a page', () => {
  it('stand where their marks were', () => {
    expect(fill('<p/><!-- part: foot -->')).toBe('<p/><footer>$& the end</footer>')
    expect(() => fill('<!-- part: nowhere -->')).toThrow(/nowhere/)
  })

  it('stand in one another', () => {
    expect(fill('<!-- part: outer -->')).toBe('<div><footer>$& the end</footer></div>')
  })

  it('differ by the product of the page, where they are of it', () => {
    const mark = '<!-- product part: way -->'
    expect(fill(mark, 'rest.html')).toBe('<p>a tenant</p>')
    expect(fill(mark, 'hub.html')).toBe('<p>a server</p><footer>$& the end</footer>')
  })

  it('stand in the frame that the page names', () => {
    expect(fill('<!-- frame: view -->\n<template slot="title">\n  $& it\n</template>\n')).toBe(
      '<title>$& it</title><footer>$& the end</footer><script src="./rest.ts">',
    )
  })

  it.each([
    ['', 'fills no slot title of view'],
    ['<template slot="title">a</template><template slot="tilte">b</template>', 'no slot tilte'],
    ['<template slot="title">a</template><p>stray</p>', 'Outside its slots the page has <p>stray'],
  ])('are refused when page and frame do not fit: %s', (slots, words) => {
    expect(() => fill(`<!-- frame: view -->${slots}`)).toThrow(words)
  })

  it('link to the first view of each product, and mark the chosen one', () => {
    const links = fill('<!-- products -->', 'hub.html')
    expect(links).toContain('<a href="/">Qlik Cloud</a>')
    expect(links).toContain('<a href="/client-managed" aria-current="true">client-managed Qlik</a>')
  })

  it('link to every view of the product, and mark the one that is shown', () => {
    expect(fill('<!-- views -->', 'hub.html')).toContain('<a href="/client-managed">Mashup</a>')
    const links = fill('<!-- views -->')
    expect(links.match(/aria-current/g)).toHaveLength(1)
    expect(links).toContain('<a href="/rest" aria-current="page">REST</a>')
    expect(links).toContain('<a href="/">nebula.js</a>')
    expect(links).not.toContain('Mashup')
  })

  it('show the script that stands in the sources under the name of the page, as text', () => {
    expect(fill('<code><!-- code --></code>')).toBe(
      "<code>const html = '&lt;b&gt;$&amp;' &amp;&amp; 1</code>",
    )
    expect(() => fill('<!-- code -->', 'enigma.html')).toThrow('copy/enigma.ts')
  })
})
