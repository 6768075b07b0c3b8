import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { products, views } from './views.ts'

/** A plug-in as vite takes it; only what is used of it here. */
interface PagePartsPlugin {
  name: string
  transformIndexHtml: {
    order: 'pre'
    handler(html: string, context: { path: string }): string
  }
}

/**
 * Fills the marks of a page before vite builds it:
 *
 * | mark | becomes |
 * |---|---|
 * | `<!-- frame: NAME -->`, first | `parts/NAME.html`, the page's `<template slot="SLOT">` in the place of `<!-- slot: SLOT -->` |
 * | `<!-- page -->` | the page's own name, for its script |
 * | `<!-- part: NAME -->` | `parts/NAME.html`, which may name others |
 * | `<!-- product part: NAME -->` | `parts/NAME.PRODUCT.html`, for what differs by the page's product |
 * | `<!-- products -->` | the links to the products, this page's marked as the chosen one |
 * | `<!-- views -->` | the links to the views of its product, this page's marked as the current one |
 * | `<!-- code -->` | `copy/NAME.ts`, where NAME is the page's own: a whole script for people to copy |
 *
 * So the pages share what they have in common, and each shows a script that is type-checked and tested.
 *
 * @param options.pageFolder where pages, parts and sources are
 */
export function pageParts({ pageFolder }: { pageFolder: string }): PagePartsPlugin {
  const read = (name: string) => readFileSync(join(pageFolder, name), 'utf8')
  return {
    name: 'page-parts',
    transformIndexHtml: {
      order: 'pre',
      handler: (html, { path }) => fillPageParts(html, { file: path.replace(/^\//, ''), read }),
    },
  }
}

/**
 * Fills the marks of one page.
 *
 * @param options.file the page's own name
 * @param options.read reads a file by its name in the folder of the pages
 * @throws Error when a file is missing, or when frame and page differ in their slots
 */
export function fillPageParts(
  html: string,
  { file, read }: { file: string; read: (name: string) => string },
): string {
  const name = file.replace(/\.html$/, '')
  const framed = fillFrame(html, read).replaceAll(
    /<!-- product part: ([\w-]+) -->/g,
    (_mark, part) => read(`parts/${part}.${productOf(file)}.html`).trimEnd(),
  )
  return fillParts(framed, read)
    .replaceAll('<!-- page -->', () => name)
    .replaceAll('<!-- products -->', () => productLinksFrom(file))
    .replaceAll('<!-- views -->', () => linksFrom(file))
    .replaceAll('<!-- code -->', () => escapeText(read(`copy/${name}.ts`).trimEnd()))
}

function fillFrame(html: string, read: (name: string) => string): string {
  const [mark, name] = /^<!-- frame: ([\w-]+) -->/.exec(html) ?? []
  if (mark === undefined) return html
  const contents = new Map<string, string>()
  const rest = html
    .slice(mark.length)
    .replaceAll(/<template slot="([\w-]+)">([\s\S]*?)<\/template>/g, (_, slot, content: string) => {
      contents.set(slot, content.trim())
      return ''
    })
  if (rest.trim() !== '') throw new Error(`Outside its slots the page has ${rest.trim()}`)
  const filled = read(`parts/${name}.html`).replaceAll(/<!-- slot: ([\w-]+) -->/g, (_, slot) => {
    const content = contents.get(slot)
    if (content === undefined) throw new Error(`The page fills no slot ${slot} of ${name}`)
    contents.delete(slot)
    return content
  })
  for (const slot of contents.keys()) throw new Error(`The frame ${name} has no slot ${slot}`)
  return filled
}

function fillParts(html: string, read: (name: string) => string): string {
  return html.replaceAll(/<!-- part: ([\w-]+) -->/g, (_mark, name) =>
    fillParts(read(`parts/${name}.html`), read),
  )
}

const productOf = (file: string) => views.find((view) => view.file === file)?.product

function productLinksFrom(file: string): string {
  return products
    .map(({ name, label }) => {
      const first = views.find(({ product }) => product === name)
      const chosen = productOf(file) === name ? ' aria-current="true"' : ''
      return `<li><a href="${first?.path}"${chosen}>${escapeText(label)}</a></li>`
    })
    .join('\n')
}

function linksFrom(file: string): string {
  return views
    .filter(({ product }) => product === productOf(file))
    .map((view) => {
      const current = view.file === file ? ' aria-current="page"' : ''
      return `<li><a href="${view.path}"${current}>${escapeText(view.label)}</a></li>`
    })
    .join('\n')
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
