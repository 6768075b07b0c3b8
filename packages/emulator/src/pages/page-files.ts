import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { loadPages } from './load-pages.ts'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

export interface PageFile {
  readonly content: Uint8Array<ArrayBuffer>
  readonly type: string
}

/** The built pages of the emulator. */
export interface PageFiles {
  /** A page by the name of its HTML file, without `.html`. */
  html(name: string): Promise<string>
  /** A file by its path from the root, such as `/assets/single-Bx1.js`; undefined when there is none. */
  file(path: string): Promise<PageFile | undefined>
}

/** A path of plain names: nothing that leads out of the folder, nothing hidden. */
const plainPath = /^(?:\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+$/

/**
 * Reads the built pages. They are looked for, and built when their sources have changed, when the
 * first is asked for: who wants none of them waits for none.
 */
export function createPageFiles(
  load: () => Promise<{ readonly folder: string }> = loadPages,
): PageFiles {
  let loading: Promise<string> | undefined
  const folder = () => {
    loading ??= load().then((pages) => pages.folder)
    // A build that failed is tried again by the next request.
    loading.catch(() => {
      loading = undefined
    })
    return loading
  }
  return {
    html: async (name) => await readFile(join(await folder(), name, `${name}.html`), 'utf8'),
    async file(path) {
      const type = types[extname(path)]
      if (type === undefined || !plainPath.test(path)) return undefined
      try {
        return { content: new Uint8Array(await readFile(join(await folder(), path))), type }
      } catch (error) {
        if (['ENOENT', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? ''))
          return undefined
        throw error
      }
    },
  }
}
