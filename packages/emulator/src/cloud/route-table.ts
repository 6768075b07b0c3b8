import type { Cloud } from './cloud.ts'
import { createCloudApp } from './cloud-app.ts'

/** One method and path that the tenant answers. */
interface Route {
  readonly method: string
  /** With `:id` where something is put in. */
  readonly path: string
}

/** Every route of the tenant, each once, in order: for the reference page. */
export function readRouteTable(): readonly Route[] {
  // Handlers take the tenant only when a request comes, and none does.
  const { routes } = createCloudApp({ answerConsole: () => new Response() } as unknown as Cloud)
  const seen = new Map<string, Route>()
  for (const { method, path } of routes) {
    if (method === 'ALL') continue
    const plain = path.length > 1 ? path.replace(/\/$/, '') : path
    seen.set(`${method} ${plain}`, { method, path: plain })
  }
  return [...seen.values()]
}
