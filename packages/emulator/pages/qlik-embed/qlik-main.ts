import type { EngineDoc } from '../charts/engine-objects.ts'

/** Where an app is, as the runtime's modules name it to each other. */
export interface AppPlace {
  readonly appId: string
  readonly identity?: string
  readonly hostConfig: unknown
}

/** What of @qlik/api's `qix@v1` is used. */
export interface QixModule {
  openAppSession(place: AppPlace & { autoResume: true }): {
    getDoc(): Promise<EngineDoc>
    close(): Promise<void>
  }
  addInitialAppAction(place: AppPlace, action: (doc: EngineDoc) => Promise<void>): () => void
}

/** The module of this page's runtime, which served the module that asks. */
export async function importQix(): Promise<QixModule> {
  const { QlikMain: main } = window as unknown as {
    QlikMain?: { import(name: string): Promise<QixModule> }
  }
  if (main === undefined) throw new Error('Load /qlik-embed/main.js first')
  return await main.import('qix@v1')
}
