import { generateKeyPair, type KeyObject, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { toEpochSeconds } from '../../control/clock.ts'
import { createFaultBoard } from '../../control/faults/fault-board.ts'
import { createSwitches } from '../../control/switches.ts'
import { type AppAnswer, type AppRequest, callApp } from '../../http/call-app.ts'
import type { ClientManaged } from '../client-managed.ts'
import { createProxyApp } from '../proxy/proxy-app.ts'
import { createProxySessions } from '../proxy/sessions.ts'
import { createTempContents } from '../proxy/temp-contents.ts'
import { createTickets } from '../proxy/tickets.ts'
import { qrsThroughProxy } from '../qrs/through-proxy.ts'
import { createRepository } from '../repository/repository.ts'
import { type ClientManagedSwitches, clientManagedSwitches } from '../switches.ts'
import { toVirtualProxyFields } from '../virtual-proxy-options.ts'

/** A site of its own for one example, with the virtual proxy `/jwt`: what goes wrong in it, nobody else sees. */
export interface SiteSandbox {
  readonly site: ClientManaged
  call(
    request: Omit<AppRequest, 'headers'> & { headers?: Readonly<Record<string, string>> },
  ): Promise<AppAnswer>
  /** A token that the virtual proxy takes, with its claims changed. */
  token(changes?: Readonly<Record<string, unknown>>): string
}

let keys: Promise<{ publicKey: KeyObject; privateKey: KeyObject }> | undefined

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Makes a site that trusts one key of the emulator’s own, with switches as they stand but for some. */
export async function createSiteSandbox(
  site: ClientManaged,
  switches: Partial<ClientManagedSwitches> = {},
): Promise<SiteSandbox> {
  // One pair a process: it is trusted in these sites only, which live for a request.
  keys ??= promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const { publicKey, privateKey } = await keys
  const certificate = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const now = () => site.clock.now()
  const board = createSwitches(clientManagedSwitches, {
    ...site.switches.get(),
    proxyPublicKey: 'accepted',
    ...switches,
  })
  const repository = createRepository({
    now,
    virtualProxies: [toVirtualProxyFields({ prefix: 'jwt', certificate })],
  })
  const sandbox: ClientManaged = {
    ...site,
    repository,
    switches: board,
    sessions: createProxySessions({
      now,
      switches: board,
      timeoutMinutesOf: (id) => repository.virtualProxies.find(id)?.sessionInactivityTimeout,
    }),
    tickets: createTickets(now),
    tempContents: createTempContents(),
    faults: createFaultBoard({ [site.product]: site.errors }),
    isExample: true,
  }
  const app = createProxyApp(sandbox, 0, [qrsThroughProxy(sandbox)])
  return {
    site: sandbox,
    call: ({ headers = {}, ...request }) =>
      callApp(app, { ...request, headers: { host: 'localhost', ...headers } }),
    token(changes = {}) {
      const exp = toEpochSeconds(now()) + 60
      const claims = { userId: 'ada', userDirectory: 'EXAMPLE', exp, ...changes }
      const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`
      return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`
    },
  }
}
