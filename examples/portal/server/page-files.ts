import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { type View, views } from './views.ts'

/** A file of the built pages, in memory. */
interface PageFile {
  readonly body: Uint8Array<ArrayBuffer>
  readonly contentType: string
  readonly cacheControl: string
}

/** The built pages: a template, the views, and the files that are served as they are. */
export interface PageFiles {
  readonly signInHtml: string
  viewHtml(view: View): string
  /** By the path of their address: what is not in here cannot be asked for. */
  readonly assets: ReadonlyMap<string, PageFile>
}

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/**
 * Reads the built pages once, at start.
 *
 * An address is looked up in this list and never becomes the name of a file, so there is no path
 * that leads out of the folder, and nothing that is put into it later gets served.
 *
 * @param folder the built pages
 * @throws Error when a page is missing, or when the folder has a file that is not part of a page
 */
export async function readPageFiles(folder: string): Promise<PageFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const assets = new Map<string, PageFile>()
  const pages = new Map<string, string>()
  for (const entry of entries) {
    // A hidden file is the build's own note; a symbolic link is not followed.
    if (!entry.isFile() || entry.name.startsWith('.')) continue
    const file = join(entry.parentPath, entry.name)
    const name = relative(folder, file).split(sep).join('/')
    if (extname(name) === '.html') {
      pages.set(name, await readFile(file, 'utf8'))
      continue
    }
    const contentType = contentTypes[extname(name)]
    if (!contentType)
      throw new Error(`${file} is not part of a page. Remove it from the folder of built pages.`)
    // The names of built files hold a hash of what is in them: they never change.
    const isHashed = name.startsWith('assets/')
    assets.set(`/${name}`, {
      body: new Uint8Array(await readFile(file)),
      contentType,
      cacheControl: isHashed ? 'public, max-age=31536000, immutable' : 'public, max-age=3600',
    })
  }
  const viewPages = new Map(views.map((view) => [view, pageOf(pages, view.file, folder)]))
  return {
    signInHtml: pageOf(pages, 'sign-in.html', folder),
    viewHtml: (view) => viewPages.get(view) ?? pageOf(pages, view.file, folder),
    assets,
  }
}

function pageOf(pages: ReadonlyMap<string, string>, name: string, folder: string): string {
  const html = pages.get(name)
  if (html === undefined)
    throw new Error(`There is no ${name} in ${folder}. Build the pages first, as npm start does.`)
  return html
}
