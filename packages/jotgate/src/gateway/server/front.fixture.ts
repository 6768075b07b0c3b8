import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { GatewayRequest } from '../request.ts'
import { readSite, type Site } from '../site.ts'
import { createSites } from '../sites/sites.ts'
import { createHandlers, type GatewayCore, type HandlerOptions } from './handlers.ts'
import { type ListeningServer, type ListenOptions, listen } from './listen.ts'

/** The gateway's front, with something behind it that a test writes. */
export interface Front extends ListeningServer {
  readonly site: Site
  /** Requests that came through, in their order. */
  readonly taken: GatewayRequest[]
}

/** A host name that is not the address it listens at, so that every Host comes from the test. */
export const frontHost = 'qlik.acme.localhost'

/** Starts one that answers 200 and `taken`, unless the test says otherwise. */
export async function startFront({
  core = {},
  handlers = {},
  ...options
}: {
  core?: Partial<GatewayCore>
  handlers?: Partial<HandlerOptions>
} & Partial<Omit<ListenOptions, 'handlers'>> = {}): Promise<Front> {
  const site = readSite(`http://${frontHost}`, [])
  const taken: GatewayRequest[] = []
  const whole: GatewayCore = {
    async handle(request: GatewayRequest, response: ServerResponse) {
      taken.push(request)
      if (core.handle !== undefined) return core.handle(request, response)
      for await (const _ of request.incoming);
      response.end('taken')
    },
    async upgrade(request: GatewayRequest, socket: Duplex, head: Buffer) {
      taken.push(request)
      if (core.upgrade !== undefined) return core.upgrade(request, socket, head)
      socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n')
    },
  }
  const server = await listen({
    port: 0,
    ...options,
    handlers: createHandlers({ core: whole, sites: createSites([site]), ...handlers }),
  })
  return Object.assign(server, { site, taken })
}
