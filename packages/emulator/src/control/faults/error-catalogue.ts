/** An error whose text stands in public material: what the console's Errors view and the tests go through. */
export interface DocumentedError {
  /** Its name here, in a fault and in an address. */
  readonly id: string
  /** As Qlik writes it; empty where the material shows none. */
  readonly code: string
  readonly title: string
  readonly detail?: string
  readonly status: number
  /** How the service writes `status` in the body; the rate limiter leaves it out. */
  readonly statusStyle: 'string' | 'number' | 'none'
  /** Of code and text; `status only inferred` where the material shows no status. */
  readonly certainty: 'documented' | 'status only inferred'
  readonly retryAfterSeconds?: number
  /** A request that can meet it. */
  readonly method: string
  readonly path: string
  /** When Qlik says it. */
  readonly cause: string
  /** What to do about it. */
  readonly advice: string
  readonly source: string
}

/** A close code of the engine's web socket, with the text that Qlik's own client has for it. */
export interface DocumentedClose {
  readonly id: string
  readonly closeCode: number
  /** What @qlik/api 2.19.0 shows; empty where it has only a name. */
  readonly text: string
  /** What the engine says before it closes. */
  readonly sessionState?: string
  readonly notification?: string
  /** What the notification says. */
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly cause: string
  readonly advice: string
  readonly source: string
}

/** A text of a browser, library or sample, which no server sends. */
export interface ClientText {
  readonly text: string
  readonly who: string
  readonly cause: string
  readonly advice: string
}

/** What public material shows of a product's errors. IDs are unique among all products. */
export interface ErrorCatalogue {
  readonly errors: readonly DocumentedError[]
  readonly closes: readonly DocumentedClose[]
  readonly clientTexts: readonly ClientText[]
}
