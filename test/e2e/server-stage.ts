import { readFile } from 'node:fs/promises'
import { clientManaged as clientManagedDeployment, createSigner } from 'jotgate'
import { createKeyPair, readSigningKey } from 'jotgate/keys'
import {
  type ClientManagedOptions,
  clientManaged,
  createEmulators,
  createMoviesApp,
  moviesAppId,
  parseSectionAccess,
} from 'jotgate-emulator'
import type { BrowserContext, Cookie } from 'playwright-core'

const root = new URL('../..', import.meta.url)

/** Somebody of the organisation, as their tokens tell it. */
export interface Person {
  subject: string
  name: string
  groups: readonly string[]
}

export const adaOfWarner: Person = { subject: 'ada', name: 'Ada', groups: ['studio-warner'] }
export const bjornOfParamount: Person = {
  subject: 'bjorn',
  name: 'Björn',
  groups: ['studio-paramount'],
}

/** Client-managed Qlik with one virtual proxy, `jwt`, and a key of its own. */
export type Server = Awaited<ReturnType<typeof createServer>>

/** The app Movies with the portal's section access, and a second app of the same rows. */
export async function createServer(
  options: ClientManagedOptions & { jwt?: Record<string, unknown> } = {},
) {
  const { jwt = {}, ...own } = options
  const pair = await createKeyPair({})
  const table = await readFile(new URL('examples/portal/movies-section-access.csv', root), 'utf8')
  const movies = await createMoviesApp({ sectionAccess: parseSectionAccess(table) })
  const product = clientManaged({
    ...own,
    virtualProxies: [
      {
        prefix: 'jwt',
        certificate: pair.certificatePem,
        websocketCrossOriginWhiteList: ['localhost'],
        ...jwt,
      },
    ],
  })
  const emulators = await createEmulators({
    products: [product],
    apps: [movies, { ...movies, id: 'second', name: 'Box office' }],
  })
  const { url } = emulators.products['client-managed']
  const { consoleUrl } = emulators
  const deployment = clientManagedDeployment({
    url,
    prefix: 'jwt',
    userDirectory: 'ACME',
    claims: { userId: 'userId', userDirectory: 'userDirectory', groups: 'group' },
  })
  const key = await readSigningKey({ pem: pair.privateKeyPem })
  const clock = () => emulators.clock.now().getTime()
  const signer = createSigner({ deployment, key, clock })
  return {
    url,
    consoleUrl,
    appId: moviesAppId,
    emulators,
    deployment,
    key,
    certificatePem: pair.certificatePem,
    tokenFor: async (person: Person) => (await signer.sign(person)).token,
    /** Calls the control API of the console, as the administrator. */
    control: (method: string, path: string, body?: unknown) =>
      fetch(`${url}/_emulator/api/client-managed${path}`, {
        method,
        headers: { authorization: `Bearer ${emulators.adminKey}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    /** Logs somebody in by a token, and gives the browser's window the cookie. */
    async logIn(context: BrowserContext, person: Person): Promise<void> {
      const { token } = await signer.sign(person)
      const answer = await fetch(`${url}/jwt/qps/user`, {
        headers: { authorization: `Bearer ${token}` },
      })
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
      const cookies = answer.headers.getSetCookie().map((line): Pick<Cookie, 'name' | 'value'> => {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        return { name, value }
      })
      await context.addCookies(cookies.map((cookie) => ({ ...cookie, url })))
    },
    close: () => emulators.close(),
  }
}
