import type { Context } from 'hono'
import type { RunningWorkbench } from '../product.ts'
import type { WorkbenchEnv } from '../workbench.ts'
import { type ControlRoute, toInformation, toInformationPage } from './information-page.ts'

/** The console loads from its own origin alone, and no page may frame it. */
const consolePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')
/** The page without scripts has its few lines of style inside. */
const plainPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** `/_emulator`: JSON for programs, the console for browsers, and a plain page with `?plain`. */
export async function showConsole(
  bench: RunningWorkbench,
  routes: readonly ControlRoute[],
  c: Context<WorkbenchEnv>,
): Promise<Response> {
  const information = toInformation(bench, routes)
  if (!c.req.header('accept')?.includes('text/html')) return c.json(information)
  c.header('referrer-policy', 'no-referrer')
  c.header('x-content-type-options', 'nosniff')
  c.header('cross-origin-opener-policy', 'same-origin')
  c.header('cross-origin-resource-policy', 'same-origin')
  if (c.req.query('plain') !== undefined) {
    c.header('content-security-policy', plainPolicy)
    return c.html(toInformationPage(information))
  }
  c.header('content-security-policy', consolePolicy)
  return c.html(await bench.pages.html('console'))
}
