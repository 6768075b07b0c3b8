import type { EngineDoc } from '../charts/engine-objects.ts'
import { type AppPlace, importQix } from './qlik-main.ts'

/** What is being done to an app before it is shown, by app and identity. */
const running = new Map<string, Promise<void>>()

const keyOf = ({ appId, identity = '' }: AppPlace) => JSON.stringify([appId, identity])

/**
 * Does work on an app as soon as it is open. @qlik/api 2.19.0 waits for such an action before it sends
 * anything else of the app, the action's own requests too: so the action only starts the work, and
 * components wait for it by themselves.
 */
export async function beginInitialWork(
  place: AppPlace,
  work: (doc: EngineDoc) => Promise<void>,
): Promise<void> {
  const qix = await importQix()
  const key = keyOf(place)
  qix.addInitialAppAction(place, async (doc) => {
    const before = running.get(key) ?? Promise.resolve()
    const done = before.then(() => work(doc)).catch((error: unknown) => console.error(error))
    running.set(key, done)
  })
}

/** Resolves once nothing is being done to the app any more. */
export async function initialWorkOf(place: AppPlace): Promise<void> {
  await running.get(keyOf(place))
}
