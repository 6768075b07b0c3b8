import type { AppAccess } from '../app-access.ts'
import type { JsonObject } from '../json.ts'
import type { EngineSession, Target } from '../model/session.ts'
import type { Steps } from '../slices.ts'

/** What every method is given. */
export interface EngineSurroundings {
  readonly secondOpenDoc: SecondOpenDoc
  readonly faultOf?: FaultOfCall | undefined
  readonly saveExport?: SaveExport | undefined
  readonly access: AppAccess
}

/** The error that a call is answered with in place of its result, if any; by the call's name. */
export type FaultOfCall = (
  name: string,
) => { readonly code: number; readonly message: string } | undefined

/** What `ExportData` has made. */
export interface ExportedFile {
  readonly name: string
  readonly type: string
  readonly body: string
}

/** Keeps a file for its user; gives the address of it that the client is answered. */
export type SaveExport = (file: ExportedFile) => string

/** What opening an app leads to that is open already in the session. */
export type SecondOpenDoc = 'document' | 'error'

/** One request, with its parameters read against the schema. */
export interface Call {
  readonly params: JsonObject
  readonly target: Target
  readonly session: EngineSession
  readonly surroundings: EngineSurroundings
  /** Lists handles whose layout is another now: told to every socket of the session. */
  changed(...handles: readonly number[]): void
  /** Lists handles that stand for nothing any more. */
  closed(...handles: readonly number[]): void
}

/** Answers with the out-parameters by name, at once or in steps, or throws an engine error. */
type Method = (call: Call) => JsonObject | Steps<JsonObject>

/** Methods by their name in the schema, such as `Doc.GetObject`. */
export type MethodTable = Readonly<Record<string, Method>>
