import { createPrivateKey, randomUUID, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { user } from '../signing/workload.ts'
import { type HttpConnection, openConnection } from './http-connection.ts'

/** Where a gateway is, and the key of the host application that it trusts. */
export interface HostApplication {
  /** The `iss` of its assertions. */
  readonly issuer: string
  readonly privateKeyPem: string
  readonly kid: string
}

export interface GatewayPlace {
  readonly port: number
  /** Of its publicUrl. */
  readonly host: string
  /** PEM, where it speaks TLS. */
  readonly certificate?: string | undefined
}

export const originOf = ({ host, certificate }: GatewayPlace): string =>
  `${certificate === undefined ? 'http' : 'https'}://${host}`

/** Somebody who is about to log in. */
export interface Person {
  readonly address: string
  readonly assertion: string
}

const signAsync = promisify(sign)

/**
 * Makes people with an assertion each, as the host application would. Each has an address of their own, which a
 * proxy in front would tell: the gateway limits what one address may ask.
 *
 * @param before how many there are already: nobody is made twice
 */
export function createPeople(
  { issuer, privateKeyPem, kid }: HostApplication,
  place: GatewayPlace,
  count: number,
  before = 0,
): Promise<Person[]> {
  const key = createPrivateKey(privateKeyPem)
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const header = encode({ alg: 'RS256', typ: 'JWT', kid })
  const iat = Math.floor(Date.now() / 1000)
  return Promise.all(
    Array.from({ length: count }, async (_, index): Promise<Person> => {
      const at = before + index
      const { subject, name, email, emailVerified: email_verified, groups } = user
      const claims = {
        iss: issuer,
        aud: originOf(place),
        sub: `${subject}-${at}`,
        jti: randomUUID(),
        iat,
        exp: iat + 100,
      }
      const text = `${header}.${encode({ ...claims, name, email, email_verified, groups })}`
      const signature = await signAsync('sha256', Buffer.from(text), key)
      const assertion = `${text}.${signature.toString('base64url')}`
      return { assertion, address: `10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}` }
    }),
  )
}

/** Logs somebody in. @returns the cookie of their session */
export async function logIn(
  connection: HttpConnection,
  place: GatewayPlace,
  { address, assertion }: Person,
): Promise<string> {
  const { head } = await expectOk(
    connection,
    `POST /.jotgate/login HTTP/1.1\r\nhost: ${place.host}\r\norigin: ${originOf(place)}\r\nauthorization: Bearer ${assertion}\r\nx-forwarded-for: ${address}\r\ncontent-length: 0\r\n\r\n`,
  )
  const [, cookie] = /^set-cookie: ([^;\r\n]+)/im.exec(head) ?? []
  if (cookie === undefined) throw new Error(`No cookie: ${head}`)
  return cookie
}

/** A request as a browser sends it: some 400 bytes. */
export function toRequest(
  path: string,
  { host }: GatewayPlace,
  cookie: string,
  address: string,
): string {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
    'Accept: */*',
    'Accept-Language: en-GB,en;q=0.9',
    'Sec-Fetch-Site: same-origin',
    'Sec-Fetch-Mode: cors',
    'Sec-Fetch-Dest: empty',
    `Cookie: ${cookie}`,
    `X-Forwarded-For: ${address}`,
    '',
    '',
  ].join('\r\n')
}

export async function expectOk(connection: HttpConnection, request: string) {
  const answer = await connection.send(request)
  if (answer.status !== 200) throw new Error(`Answered ${answer.head} to ${request}`)
  return answer
}

/** Logs all of them in, some at once. @returns their cookies, in the order of the people */
export async function logInAll(
  place: GatewayPlace,
  people: readonly Person[],
  each: (
    cookie: string,
    person: Person,
    connection: HttpConnection,
  ) => Promise<unknown> = async () => undefined,
): Promise<string[]> {
  const cookies: string[] = []
  let next = 0
  const clients = Array.from({ length: Math.min(32, people.length) }, async () => {
    const connection = await openConnection(place)
    for (let at = next++; at < people.length; at = next++) {
      const person = people[at]
      if (person === undefined) break
      const cookie = await logIn(connection, place, person)
      cookies[at] = cookie
      await each(cookie, person, connection)
    }
    connection.close()
  })
  await Promise.all(clients)
  return cookies
}
