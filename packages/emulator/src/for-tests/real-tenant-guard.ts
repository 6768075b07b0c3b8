import { Socket } from 'node:net'
import { emulatorError } from '../errors.ts'

/** Watches that nothing reaches a host that is not this machine. */
export interface RealTenantGuard {
  /** The hosts that something tried to reach, each once. */
  readonly attempts: readonly string[]
  /** Notes and refuses requests of a browser's page or context, of Playwright or another with its `route`. */
  watchPage(page: RoutablePage): Promise<void>
  /**
   * Ends the watch.
   *
   * @throws `EmulatorError` ERR_EMULATOR_REAL_TENANT when something was tried, though its error was caught
   */
  end(): void
}

interface Route {
  abort(): Promise<void>
  request(): { url(): string }
}

/** What the guard needs of a page or context of Playwright. */
export interface RoutablePage {
  route(url: (url: URL) => boolean, handler: (route: Route) => Promise<void>): Promise<unknown>
}

const loopback = /^(?:localhost|(?:[^.]+\.)+localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i

type Connect = Socket['connect']

/** The host of a call of `connect`, in any of its forms; undefined for a pipe or a file. */
function hostOf([first, second]: readonly unknown[]): string | undefined {
  // Node's own modules call it with their normalised arguments as one array.
  const options: unknown = Array.isArray(first) ? first[0] : first
  if (typeof options === 'object' && options !== null) {
    const { host, path } = options as { host?: unknown; path?: unknown }
    if (typeof path === 'string' && host === undefined) return undefined
    return typeof host === 'string' ? host : 'localhost'
  }
  if (typeof options === 'string' && Number.isNaN(Number(options))) return undefined
  return typeof second === 'string' ? second : 'localhost'
}

/** Guards that watch at the moment; Node's `connect` is replaced while there is one. */
const watching = new Set<(host: string) => void>()
let original: Connect | undefined

function watch(check: (host: string) => void): void {
  watching.add(check)
  if (original !== undefined) return
  const connect = Socket.prototype.connect
  original = connect
  Socket.prototype.connect = function guarded(this: Socket, ...args: unknown[]): Socket {
    const host = hostOf(args)
    if (host !== undefined) for (const one of [...watching]) one(host)
    return Reflect.apply(connect, this, args) as Socket
  } as Connect
}

function unwatch(check: (host: string) => void): void {
  watching.delete(check)
  if (watching.size > 0 || original === undefined) return
  Socket.prototype.connect = original
  original = undefined
}

/**
 * Refuses every connection of this process to another machine, and keeps which were tried: fetch, node:http and
 * https, web sockets, undici. A connection through HTTPS_PROXY counts as one to the proxy.
 *
 * @param options.allow hosts that may be reached, in the spelling of the address
 * @example
 * const guard = forbidRealTenants()
 * await fetch('https://acme.eu.qlikcloud.com/api/v1/users/me').catch(() => undefined)
 * console.log(guard.attempts)
 * guard.end() // throws: acme.eu.qlikcloud.com was tried
 */
export function forbidRealTenants(options: { allow?: readonly string[] } = {}): RealTenantGuard {
  const { allow = [] } = options
  const attempts = new Set<string>()
  const isForbidden = (host: string) => !loopback.test(host) && !allow.includes(host)
  const check = (host: string) => {
    if (!isForbidden(host)) return
    attempts.add(host)
    throw emulatorError('ERR_EMULATOR_REAL_TENANT', { hosts: host })
  }
  watch(check)
  return {
    get attempts() {
      return [...attempts]
    },
    async watchPage(page) {
      const isRemote = ({ protocol, hostname }: URL) =>
        /^(?:https?|wss?):$/.test(protocol) && isForbidden(hostname)
      await page.route(isRemote, async (route) => {
        attempts.add(new URL(route.request().url()).hostname)
        await route.abort()
      })
    },
    end() {
      unwatch(check)
      if (attempts.size > 0)
        throw emulatorError('ERR_EMULATOR_REAL_TENANT', { hosts: [...attempts].join(', ') })
    },
  }
}
