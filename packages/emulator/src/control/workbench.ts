import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { Engine } from '../engine/index.ts'
import type { PageFiles } from '../pages/page-files.ts'
import type { EmulatorClock } from './clock.ts'
import type { ErrorCatalogue } from './faults/error-catalogue.ts'
import type { FaultBoard, FaultMatcher } from './faults/fault-board.ts'
import type { FrameLog } from './frame-log.ts'
import type { Recorder } from './recorder.ts'
import type { SwitchBoard, SwitchValues } from './switches.ts'

/** What the workbench's own routes and middleware need of a request. */
export interface WorkbenchEnv {
  Bindings: HttpBindings
  Variables: { fault?: string }
}

/** What all products on one workbench share. */
export interface SharedBench {
  readonly adminKey: string
  readonly clock: EmulatorClock
  readonly recorder: Recorder
  readonly faults: FaultBoard & FaultMatcher
  readonly frames: FrameLog
  readonly engine: Engine
  /** What the emulator shows in a browser, as vite built it. */
  readonly pages: PageFiles
}

/** What a product is given. */
export interface Workbench<Values extends SwitchValues = SwitchValues> extends SharedBench {
  /** The product's name. */
  readonly product: string
  readonly switches: SwitchBoard<Values>
  readonly errors: ErrorCatalogue
  /** Answers what is below `/_emulator`: the console and the control API. */
  answerConsole(context: Context<{ Bindings: HttpBindings }>): Response | Promise<Response>
}
