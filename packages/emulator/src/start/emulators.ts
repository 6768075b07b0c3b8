import type { EmulatorClock } from '../control/clock.ts'
import { createWorkbench } from '../control/create-workbench.ts'
import type { FaultBoard } from '../control/faults/fault-board.ts'
import type { Product } from '../control/product.ts'
import type { RecordedRequest, Recorder } from '../control/recorder.ts'
import type { SwitchBoard, SwitchValues } from '../control/switches.ts'
import { type AppDefinition, createEngine, createMoviesApp, type Engine } from '../engine/index.ts'
import { emulatorError } from '../errors.ts'
import { type ClientCertificate, exportClientCertificate } from '../tls/client-certificate.ts'
import { createSecureServers, type TlsOptions, type TlsTrust } from '../tls/secure-server.ts'
import { type OpenListener, openListener } from './listen.ts'

/** How often sessions whose time is over are ended though nobody asks. */
const sweepMs = 5000

/** What all products of one emulator share; everything can be omitted. */
export interface SharedOptions {
  /** 127.0.0.1 (the default), ::1 or localhost; any other is refused. */
  host?: string
  /** The key of the administrator, 1 to 512 visible ASCII characters; random when omitted. */
  adminKey?: string
  /** The apps of every product; Movies alone when omitted. */
  apps?: readonly AppDefinition[]
  /** Where real time comes from; `() => new Date()` when omitted. */
  clock?: () => Date
  /**
   * Serves https and wss, for localhost, every *.localhost, 127.0.0.1, [::1] and the hosts of public addresses;
   * http when omitted.
   */
  tls?: TlsOptions
  /**
   * Where the authority of QRS and QPS keeps its keys, so that certificates stay good when it starts again. That of
   * `tls` when omitted; in memory alone where there is neither.
   */
  authority?: TlsOptions
}

/** A product that runs. */
export interface ProductEmulator<Values extends SwitchValues = SwitchValues, State = unknown> {
  /** The address of its first listener: `http://localhost:PORT`, or `https:` with TLS. */
  readonly url: string
  readonly port: number
  /** The address of each listener by name. */
  readonly urls: Readonly<Record<string, string>>
  readonly switches: Pick<SwitchBoard<Values>, 'get' | 'set'>
  /** What the product knows now, as copies without secrets. */
  readonly state: State
}

type ProductEmulatorOf<Plugged> =
  Plugged extends Product<string, infer Values, infer State>
    ? ProductEmulator<Values, State>
    : never

/** Running products, by name. */
export type ProductEmulators<Products extends readonly Product[]> = {
  readonly [Plugged in Products[number] as Plugged['name']]: ProductEmulatorOf<Plugged>
}

/** The certificate for QRS and QPS, as PEM and as files. */
export interface CertificateExport extends ClientCertificate {
  /**
   * Writes `root.pem`, `client.pem` and `client_key.pem` (mode 0600) into a folder; nothing is written over.
   *
   * @throws ERR_EMULATOR_CERTIFICATES when the folder holds those of another authority, or cannot be written to
   */
  exportTo(folder: string): Promise<void>
}

/** What one can do to a running emulator, whatever its products. */
export interface EmulatorControl {
  readonly adminKey: string
  /** What clients need in order to trust the server, when it serves TLS. */
  readonly tls?: TlsTrust
  /** What clients need for QRS and QPS, where a product has them. */
  readonly certificates?: CertificateExport
  /** The console's address with the administrator's key behind `#`, which no server is ever sent. */
  readonly consoleUrl: string
  readonly clock: Pick<EmulatorClock, 'now' | 'advance' | 'set' | 'reset'>
  /** The last requests, oldest first. */
  readonly requests: readonly RecordedRequest[]
  /** The first request that matches, recorded already or within `timeoutMs` (5000 by default). */
  waitForRequest: Recorder['waitFor']
  /** What goes wrong on purpose: latency, 429, 5xx, documented errors, closed sockets. */
  readonly faults: FaultBoard
  /**
   * Closes every open engine socket and gives how many.
   *
   * @param options.closeCode 1000, 1001, 1011 or 3000 to 4999; 1006 breaks the connection without a word; default 4003
   * @param options.reason up to 123 bytes; Qlik's text of the code when omitted
   */
  cutSockets(options?: { closeCode?: number; reason?: string }): number
  /** Forgets everything: sessions and sockets end; clock, switches and record go back to the start. */
  reset(): void
  /** Ends every socket and stops listening. */
  close(): Promise<void>
}

/** Several running products with one clock, one record of requests, one engine and one key. */
export interface Emulators<Products extends readonly Product[]> extends EmulatorControl {
  readonly products: ProductEmulators<Products>
}

/** Starts products in front of an engine; `createEmulators` brings its own. */
export async function startEmulators<const Products extends readonly [Product, ...Product[]]>(
  options: Omit<SharedOptions, 'apps'> & { engine: Engine; products: Products },
): Promise<Emulators<Products>> {
  const { host = '127.0.0.1', engine, products, adminKey, clock: realNow } = options
  if (!['127.0.0.1', '::1', 'localhost'].includes(host))
    throw emulatorError('ERR_EMULATOR_HOST', { host })
  const bench = createWorkbench({
    engine,
    products,
    ...(adminKey === undefined ? {} : { adminKey }),
    ...(realNow === undefined ? {} : { realNow }),
  })
  const publicHosts = bench.products.flatMap(({ listeners }) =>
    listeners.flatMap(({ publicUrl }) =>
      publicUrl !== undefined && URL.canParse(publicUrl) ? [new URL(publicUrl).hostname] : [],
    ),
  )
  const asksClients = bench.products.some(({ listeners }) =>
    listeners.some(({ asksClientCertificate }) => asksClientCertificate),
  )
  const servers =
    options.tls === undefined && !asksClients
      ? undefined
      : await createSecureServers(options.tls ?? options.authority, publicHosts)
  const secure = options.tls === undefined ? undefined : servers
  const client = asksClients ? await servers?.clientCertificate() : undefined
  const open: OpenListener[] = []
  const stop = async () => {
    bench.close()
    await Promise.all(open.map((one) => one.close()))
  }
  const running: Record<string, ProductEmulator> = {}
  try {
    for (const { definition, listeners, switches, state } of bench.products) {
      const ofProduct: OpenListener[] = []
      for (const listener of listeners) {
        const own = listener.asksClientCertificate ? servers : secure
        const opened = await openListener(listener, {
          host,
          secure: own,
          now: () => bench.clock.now(),
        })
        open.push(opened)
        ofProduct.push(opened)
      }
      const [first] = ofProduct
      if (first === undefined) throw new TypeError(`${definition.name} has no listener`)
      const urls = Object.fromEntries(ofProduct.map(({ name, url }) => [name, url]))
      running[definition.name] = { url: first.url, port: first.port, urls, switches, state }
    }
  } catch (error) {
    await stop()
    throw error
  }
  const sweep = setInterval(() => bench.endOverdue(), sweepMs).unref()
  let closing: Promise<void> | undefined
  return {
    products: running as ProductEmulators<Products>,
    adminKey: bench.adminKey,
    ...(secure?.trust === undefined ? {} : { tls: secure.trust }),
    ...(client === undefined
      ? {}
      : {
          certificates: {
            ...client,
            exportTo: (folder: string) => exportClientCertificate(client, folder),
          },
        }),
    consoleUrl: `${open[0]?.url}/_emulator#key=${encodeURIComponent(bench.adminKey)}`,
    clock: bench.clock,
    get requests() {
      return bench.recorder.requests
    },
    waitForRequest: bench.recorder.waitFor,
    faults: bench.faults,
    cutSockets: bench.cutSockets,
    reset: bench.reset,
    close() {
      clearInterval(sweep)
      closing ??= stop()
      return closing
    },
  }
}

/**
 * Starts one or more Qlik products on loopback, with the same apps, clock, key and console.
 *
 * @param options.products from `cloudTenant`
 * @param options.host 127.0.0.1 (the default), ::1 or localhost
 * @param options.adminKey the administrator's key, 1 to 512 visible ASCII characters; random when omitted
 * @param options.apps from `createMoviesApp` or `readAppFile`; Movies alone when omitted
 * @param options.clock where real time comes from; `() => new Date()` when omitted
 * @param options.tls serves https and wss with keys of this folder, made when it is empty; http when omitted
 * @param options.authority keeps the keys of the authority of QRS and QPS in this folder; in memory when omitted
 * @throws `EmulatorError` when an option is wrong or a port is taken
 * @example
 * const emulators = await createEmulators({ products: [cloudTenant({ port: 4848 })] })
 * console.log(emulators.products.cloud.url, emulators.products.cloud.state.sessions())
 * await emulators.close()
 */
export async function createEmulators<const Products extends readonly [Product, ...Product[]]>(
  options: SharedOptions & { products: Products },
): Promise<Emulators<Products>> {
  const { apps = [await createMoviesApp()], ...rest } = options
  return await startEmulators({ ...rest, engine: createEngine({ apps }) })
}
