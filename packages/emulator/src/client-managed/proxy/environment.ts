import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'

/** What the proxy tells the engine and QRS of a browser in an Extended security environment. */
export interface Environment {
  readonly os: string
  readonly device: string
  readonly browser: string
  readonly ip: string
  readonly isSecure: boolean
}

const systems: readonly (readonly [RegExp, string])[] = [
  [/Windows/, 'Windows'],
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Mac OS X/, 'OSX'],
  [/Linux/, 'Linux'],
]

const devices: readonly (readonly [RegExp, string])[] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
]

const first = (kinds: typeof systems, agent: string, none: string) =>
  kinds.find(([pattern]) => pattern.test(agent))?.[1] ?? none

function browserOf(agent: string): string {
  const [, name, version] = /\b(Edg|Firefox|Chrome|Version)\/(\d[\w.]*)/.exec(agent) ?? []
  return name === undefined ? 'Unknown' : `${name === 'Version' ? 'Safari' : name} ${version}`
}

/** Reads the environment from a request: help.qlik.com, “X-Qlik-Security”, has these names. */
export function readEnvironment(request: IncomingMessage): Environment {
  const agent = request.headers['user-agent'] ?? ''
  return {
    os: first(systems, agent, 'Unknown'),
    device: first(devices, agent, 'Default'),
    browser: browserOf(agent),
    ip: request.socket.remoteAddress ?? '',
    isSecure: request.socket instanceof TLSSocket,
  }
}
