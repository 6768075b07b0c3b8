import type { LoggedFrame, LoggedSocket } from '../../src/control/frame-log.ts'
import type { ShownRequest } from './views/shown-request.ts'

/** What the stream brings. */
export type ConsoleEvent =
  | { readonly name: 'request'; readonly data: ShownRequest }
  | { readonly name: 'socket'; readonly data: LoggedSocket }
  | { readonly name: 'frame'; readonly data: LoggedFrame }
  | { readonly name: 'changed' | 'reset'; readonly data: unknown }

/** One tab of the console. */
export interface View {
  readonly name: string
  readonly title: string
  readonly element: HTMLElement
  /** Asks the emulator for all that it shows. */
  refresh(): Promise<void>
  /** Something happened, while it was shown or not. */
  onEvent?(event: ConsoleEvent): void
}

let show: (text: string, kind: 'good' | 'bad') => void = () => {}
export function onNotice(showNotice: typeof show): void {
  show = showNotice
}

/** Says that something was done. */
export function say(text: string): void {
  show(text, 'good')
}

/** Runs what a button does, and says what went wrong. */
export function run(work: () => Promise<void>): void {
  work().catch((error: unknown) => {
    show(error instanceof Error ? error.message : String(error), 'bad')
  })
}
