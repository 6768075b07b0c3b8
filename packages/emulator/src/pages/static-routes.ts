import type { Context, MiddlewareHandler } from 'hono'
import type { PageFiles } from './page-files.ts'

/**
 * Serves what the pages are built of, below this path: to anybody, as a tenant does, and to pages of
 * every origin, since `<qlik-embed>` and @qlik/api load their modules from here.
 */
export function serveBuiltFiles(pages: PageFiles): MiddlewareHandler {
  return async (c: Context, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return next()
    const file = await pages.file(c.req.path)
    if (file === undefined) return next()
    c.header('content-type', file.type)
    c.header('x-content-type-options', 'nosniff')
    c.header('access-control-allow-origin', '*')
    c.header('cross-origin-resource-policy', 'cross-origin')
    // Names under /assets/ change with what is in them.
    if (c.req.path.startsWith('/assets/'))
      c.header('cache-control', 'public, max-age=31536000, immutable')
    return c.body(file.content)
  }
}
