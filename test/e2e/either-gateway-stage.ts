// A gateway in front of one of the two products, for tests that hold for both: what each has of its own is here.
import {
  createGatewayStage,
  createServerGatewayStage,
  type FrontStage,
  type GatewayStageOptions,
} from './gateway-stage.ts'
import type { Visitor } from './gateway-visitor.ts'

export const products = ['cloud', 'client-managed'] as const
export type Product = (typeof products)[number]

/** What comes before Qlik's paths at the gateway. */
export const basePaths: Readonly<Record<Product, string>> = { cloud: '', 'client-managed': '/jwt' }

/** What somebody reads at Qlik about themselves. */
export interface WhoAmI {
  /** Qlik itself names there who has the session. */
  readonly path: string
  /** The subject in an answer's text. */
  read(text: string): string
  /** How the engine names a subject. */
  inEngine(subject: string): string
}

export const whoAmI: Readonly<Record<Product, WhoAmI>> = {
  cloud: {
    path: '/api/v1/users/me',
    read: (text) => JSON.parse(text).subject,
    inEngine: (subject) => subject,
  },
  // The hub's page: the gateway itself answers /qps/user.
  'client-managed': {
    path: '/jwt/hub/',
    read: (text) => /"user":\{"directory":"ACME","id":"([^"]+)"/.exec(text)?.[1] ?? 'nobody',
    inEngine: (subject) => `ACME\\${subject}`,
  },
}

export interface EitherStage extends FrontStage {
  readonly product: Product
  readonly base: string
  readonly appId: string
  readonly whoAmI: WhoAmI
  readonly clock: { set(time: Date): void; advance(seconds: number): void }
  /** What reached Qlik. */
  requests(): readonly { readonly method: string; readonly path: string }[]
  /** The tokens that Qlik has taken; for client-managed Qlik the sessions that it has. */
  logins(): number
}

export async function createEitherStage(
  product: Product,
  options: GatewayStageOptions = {},
): Promise<EitherStage> {
  const common = { product, base: basePaths[product], whoAmI: whoAmI[product] }
  if (product === 'cloud') {
    const stage = await createGatewayStage(options)
    const { emulator, appId } = stage.tenant
    const { clock } = emulator
    return { ...stage, ...common, appId, clock, requests: () => emulator.requests }
  }
  const stage = await createServerGatewayStage(options)
  const { emulators, appId } = stage.server
  const { state } = emulators.products['client-managed']
  return {
    ...stage,
    ...common,
    appId,
    clock: emulators.clock,
    requests: () => emulators.requests,
    logins: () => state.sessions().length,
  }
}

/** Who somebody is at Qlik, or the status of the answer. */
export async function readWhoAmI(visitor: Visitor, { path, read }: WhoAmI) {
  const answer = await visitor.ask(path)
  const text = await answer.text()
  return answer.status === 200 ? read(text) : answer.status
}
