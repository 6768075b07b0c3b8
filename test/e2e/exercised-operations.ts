import type { Emulator } from 'jotgate-emulator'
import { readRouteTable } from '../../packages/emulator/src/cloud/route-table.ts'

/** The operation that answers a request, as the emulator's table of routes writes it. */
function toOperation(method: string, path: string): string | undefined {
  const candidates = readRouteTable().filter((route) => {
    const pattern = route.path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')
    return route.method === method && new RegExp(`^${pattern}/?$`).test(path)
  })
  // `/users/me` before `/users/:id`.
  const [best] = candidates.sort((a, b) => a.path.split(':').length - b.path.split(':').length)
  return best && `${method} ${best.path.replaceAll(/:(\w+)/g, '{$1}')}`
}

interface Frame {
  readonly socket: number
  readonly direction: 'in' | 'out'
  readonly method?: string
  readonly handle?: number
  readonly text: string
}

/** The engine's methods that were called, with their class: what a handle is, its answer has told. */
async function calledMethods(emulator: Emulator): Promise<string[]> {
  const answer = await fetch(`${emulator.url}/_emulator/api/engine`)
  const { frames } = (await answer.json()) as { frames: readonly Frame[] }
  const classes = new Map<string, string>()
  const called = new Set<string>()
  for (const { socket, direction, method, handle, text } of frames) {
    const type = handle === -1 ? 'Global' : classes.get(`${socket} ${handle}`)
    if (direction === 'in' && method !== undefined && type !== undefined)
      called.add(`${type}.${method}`)
    const made = /"qType":"(\w+)","qHandle":(\d+)/.exec(text)
    if (direction === 'out' && made !== null) classes.set(`${socket} ${made[2]}`, made[1] ?? '')
  }
  return [...called]
}

/** What a client asked of an emulator after a request of this number, each once and in order. */
export async function exercisedOperations(
  emulator: Emulator,
  afterRequest: number,
): Promise<string[]> {
  const operations = new Set(await calledMethods(emulator))
  for (const { number, method, path, status } of emulator.requests) {
    if (number <= afterRequest || status === 404) continue
    const operation = status === 101 ? 'web socket /app/{appId}' : toOperation(method, path)
    if (operation !== undefined) operations.add(operation)
  }
  return [...operations].sort()
}
