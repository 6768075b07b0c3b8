import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Cloud, CloudEnv, EngineDoor } from './cloud/cloud.ts'
import { createCloudApp } from './cloud/cloud-app.ts'
import { endSessionsOverdue } from './cloud/sessions/sessions.ts'
import { createCloudState } from './cloud/state/state.ts'
import { type EmulatorView, toEmulatorView } from './cloud/state-view.ts'
import { createUpgradeHandler } from './cloud/web-socket/upgrades.ts'
import { createClock, type EmulatorClock } from './control/clock.ts'
import { controlRoutes } from './control/control-routes.ts'
import { closeTextOf } from './control/faults/fault.ts'
import { createFaultBoard, type FaultBoard } from './control/faults/fault-board.ts'
import { checkCloseCode, checkReason } from './control/faults/parse-fault.ts'
import { createFrameLog } from './control/frame-log.ts'
import { createRecorder, type RecordedRequest, type Recorder } from './control/recorder.ts'
import type { Switches } from './control/switch-definitions.ts'
import { createSwitches, type SwitchBoard } from './control/switches.ts'
import { emulatorError } from './errors.ts'
import { setPublicUrl } from './http/request-target.ts'
import { createPageFiles } from './pages/page-files.ts'
import { createSecureServer, type TlsOptions, type TlsTrust } from './tls/secure-server.ts'

/** How often sessions whose time is over are ended though nobody asks. */
const sweepMs = 5000

export interface StartOptions {
  /** 127.0.0.1 (the default), ::1 or localhost; any other is refused. */
  host?: string
  /** 0 (the default) takes any free port. */
  port?: number
  /** The key of the administrator, 1 to 512 visible ASCII characters; random when left out. */
  adminKey?: string
  engine: EngineDoor
  /** Changes from the defaults of the switches. */
  switches?: Partial<Switches>
  /** Where real time comes from; `() => new Date()` when left out. */
  clock?: () => Date
  /** Serves https and wss, for localhost, every *.localhost, 127.0.0.1 and [::1]; http when left out. */
  tls?: TlsOptions
  /** The address in links and redirects, as of a proxy in front; the one asked for when left out. */
  publicUrl?: string
}

/** A running emulator. */
export interface Emulator {
  /** `http://localhost:PORT`, or `https:` with TLS. */
  readonly url: string
  readonly port: number
  readonly adminKey: string
  /** What clients need in order to trust the server, when it serves TLS. */
  readonly tls?: TlsTrust
  /** The console's address with the administrator's key behind `#`, which no server is ever sent. */
  readonly consoleUrl: string
  readonly clock: Pick<EmulatorClock, 'now' | 'advance' | 'set' | 'reset'>
  /** The last requests, oldest first. */
  readonly requests: readonly RecordedRequest[]
  /** The first request that matches, recorded already or within `timeoutMs` (5000 by default). */
  waitForRequest: Recorder['waitFor']
  readonly switches: Pick<SwitchBoard, 'get' | 'set'>
  /** What goes wrong on purpose: latency, 429, 5xx, documented errors, closed sockets. */
  readonly faults: FaultBoard
  /**
   * Closes every open engine socket and gives how many.
   *
   * @param options.closeCode 1000, 1001, 1011 or 3000 to 4999; 1006 breaks the connection without a word; default 4003
   * @param options.reason up to 123 bytes; Qlik's text of the code when left out
   */
  cutSockets(options?: { closeCode?: number; reason?: string }): number
  /** What the tenant knows now, as copies without secrets; and sessions to be ended. */
  readonly state: EmulatorView
  /** A new, empty tenant: sessions and sockets end; clock, switches and record go back to the start. */
  reset(): void
  /** Ends every socket and stops listening. */
  close(): Promise<void>
}

function checkAdminKey(key: string): string {
  if (!/^[\x21-\x7e]{1,512}$/.test(key))
    throw emulatorError('ERR_EMULATOR_ADMIN_KEY', {
      reason: key === '' ? 'it is empty' : 'it is too long or has other characters',
    })
  return key
}

async function listen(server: Server | SecureServer, host: string, port: number): Promise<number> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw emulatorError('ERR_EMULATOR_PORT', { port, reason: 'no port number' })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen({ host, port }, resolve)
  try {
    await promise
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const reason = code === 'EADDRINUSE' ? 'another program holds it' : String(code)
    throw emulatorError('ERR_EMULATOR_PORT', { port, reason }, { cause: error })
  }
  server.removeListener('error', reject)
  return (server.address() as AddressInfo).port
}

/** The origin alone, in the spelling that browsers send. */
function checkPublicUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const isWeb = parsed?.protocol === 'https:' || parsed?.protocol === 'http:'
  if (parsed === undefined || !isWeb || ![parsed.origin, `${parsed.origin}/`].includes(url))
    throw emulatorError('ERR_EMULATOR_PUBLIC_URL', { url })
  return parsed.origin
}

/** Starts a tenant in front of an engine; `createEmulator` brings its own. */
export async function startEmulator(options: StartOptions): Promise<Emulator> {
  const { host = '127.0.0.1', port: wantedPort = 0, engine } = options
  if (!['127.0.0.1', '::1', 'localhost'].includes(host))
    throw emulatorError('ERR_EMULATOR_HOST', { host })
  const publicUrl = options.publicUrl === undefined ? undefined : checkPublicUrl(options.publicUrl)
  const clock = createClock(options.clock)
  const switches = createSwitches(options.switches)
  const recorder = createRecorder()
  const cloud: Cloud = {
    state: createCloudState(clock.now()),
    adminKey: checkAdminKey(options.adminKey ?? randomBytes(24).toString('base64url')),
    clock,
    switches,
    recorder,
    faults: createFaultBoard(),
    frames: createFrameLog({ now: () => clock.now() }),
    engine,
    pages: createPageFiles(),
  }
  clock.onMove(() => endSessionsOverdue(cloud))

  const reset = () => {
    for (const session of cloud.state.sessions.values())
      for (const end of [...session.sockets]) end('The emulator was reset')
    engine.reset()
    clock.reset()
    switches.reset()
    recorder.clear()
    cloud.faults.clear()
    cloud.frames.clear()
    cloud.state = createCloudState(clock.now())
  }
  const cutSockets: Emulator['cutSockets'] = ({ closeCode = 4003, reason } = {}) =>
    upgrades.cut(
      closeCode === 1006 ? closeCode : checkCloseCode(closeCode),
      checkReason(reason ?? closeTextOf(closeCode)),
    )
  const upgrades = createUpgradeHandler(cloud)
  const app: Hono<CloudEnv> = createCloudApp(
    cloud,
    controlRoutes(cloud, { reset, cutSockets, tenant: () => app }),
  )
  const { server, trust }: { server: Server | SecureServer; trust?: TlsTrust } =
    options.tls === undefined ? { server: createServer() } : await createSecureServer(options.tls)
  if (publicUrl !== undefined)
    for (const event of ['request', 'upgrade'])
      server.on(event, (request: IncomingMessage) => setPublicUrl(request, publicUrl))
  server.on('request', getRequestListener(app.fetch, { overrideGlobalObjects: false }))
  server.on('upgrade', upgrades.handle)
  const port = await listen(server, host, wantedPort)
  const sweep = setInterval(() => endSessionsOverdue(cloud), sweepMs).unref()

  const url = `${trust === undefined ? 'http' : 'https'}://localhost:${port}`
  let closing: Promise<void> | undefined
  return {
    url,
    ...(trust === undefined ? {} : { tls: trust }),
    port,
    adminKey: cloud.adminKey,
    consoleUrl: `${url}/_emulator#key=${encodeURIComponent(cloud.adminKey)}`,
    clock,
    get requests() {
      return recorder.requests
    },
    waitForRequest: recorder.waitFor,
    switches,
    faults: cloud.faults,
    cutSockets,
    state: toEmulatorView(cloud),
    reset,
    close() {
      closing ??= (async () => {
        clearInterval(sweep)
        engine.close()
        upgrades.close()
        const closed = Promise.withResolvers<void>()
        server.close(() => closed.resolve())
        server.closeAllConnections()
        await closed.promise
      })()
      return closing
    },
  }
}
