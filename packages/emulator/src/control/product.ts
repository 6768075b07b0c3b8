import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { HttpBindings } from '@hono/node-server'
import type { Hono } from 'hono'
import type { DocumentedError, ErrorCatalogue } from './faults/error-catalogue.ts'
import type { AnswerEffect, FaultAnswer } from './faults/fault.ts'
import type { Advice, RecordedRequest } from './recorder.ts'
import type { SwitchDefinition } from './switch-definition.ts'
import type { SwitchBoard, SwitchValues } from './switches.ts'
import type { SharedBench, Workbench } from './workbench.ts'

/** The answer to a request that was sent to show an error. */
export interface ShownError {
  readonly method: string
  readonly path: string
  /** Whether the product refused by its own rules, or a fault answered in its place. */
  readonly by: 'rules' | 'fault'
  readonly status: number
  readonly retryAfter?: string
  readonly body: unknown
}

/** One port of a product. */
export interface Listener {
  /** Unique in its product: `tenant`. */
  readonly name: string
  /** 0 takes any free port. */
  readonly port: number
  /** The address in links and redirects, as of a proxy in front; the one asked for when omitted. */
  readonly publicUrl?: string
  /**
   * Served over https also where TLS was not asked for. Clients are asked for a certificate of the emulator's own
   * authority; `fetch` looks at `socket.authorized`.
   */
  readonly asksClientCertificate?: true
  /** Answers a request; the console is below `/_emulator` where the product wants it. */
  readonly fetch: (request: Request, env: HttpBindings) => Response | Promise<Response>
  /** How many bytes the headers of a request may have before it is answered 431; 16,384 when omitted. */
  readonly maxHeaderBytes?: number
  /** Answers the handshake of a web socket; without it handshakes are not answered. */
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
}

/** A product that runs on a workbench. */
export interface RunningProduct<State> {
  /** The first is the address of the product. */
  readonly listeners: readonly Listener[]
  /** What tests may look at and do without HTTP. */
  readonly state: State
  /** What the console shows and changes of this product, below `/_emulator/api/NAME`. */
  readonly consoleRoutes: Hono<{ Bindings: HttpBindings }>
  /** Why a request went as it did, and the next step. */
  adviceOn(request: RecordedRequest): Advice[]
  /** The answer of a fault, in the product's own form. */
  answerFault(effect: Exclude<AnswerEffect, { kind: 'close-socket' }>): FaultAnswer
  /** Produces a documented error by a request of its own, without touching the product's state. */
  showError(error: DocumentedError): Promise<ShownError>
  /** Ends what is over by the clock: after each move, and now and then. */
  endOverdue(): void
  /** Closes every open engine socket; gives how many. */
  cutSockets(closeCode: number, reason: string): number
  /** Ends every session and its sockets. */
  endSessions(reason: string): void
  /** Forgets everything that it was told since the start. */
  reset(): void
  /** Ends every socket. */
  close(): void
}

/** A product that plugs into the workbench. */
export interface Product<
  Name extends string = string,
  Values extends SwitchValues = SwitchValues,
  State = unknown,
> {
  /** As the command line and the console's addresses have it: `cloud`. */
  readonly name: Name
  /** As people call it: `Qlik Cloud`. */
  readonly title: string
  readonly switches: { readonly [Switch in keyof Values]: SwitchDefinition<Values[Switch]> }
  /** Changes from the defaults of the switches. */
  readonly switchChanges?: Partial<Values>
  readonly errors: ErrorCatalogue
  run(workbench: Workbench<Values>): RunningProduct<State>
}

/** A product with its workbench. */
export interface PluggedProduct extends RunningProduct<unknown> {
  readonly definition: Product
  readonly switches: SwitchBoard
}

/** A workbench with its products. */
export interface RunningWorkbench extends SharedBench {
  readonly products: readonly PluggedProduct[]
  /** Calls a listener after a reset; gives what ends that. */
  onReset(listener: () => void): () => void
  /** Closes every open engine socket of every product; gives how many. */
  cutSockets(options?: { closeCode?: number; reason?: string }): number
  /** Ends what is over by the clock. */
  endOverdue(): void
  reset(): void
  /** Ends every socket and timer. */
  close(): void
}
