import { readStrictToken } from '../../token/index.ts'
import { ownMember } from '../../values/index.ts'
import { gatewayErrors } from '../errors.ts'
import type {
  Identifier,
  IdentifierContext,
  IdentifierFactory,
  RequestToIdentify,
} from './identity.ts'
import { readBearer } from './token/bearer.ts'
import { notIdentified } from './token/not-identified.ts'

/**
 * Makes one way to identify of all that a gateway has. A token is verified by the rules of its issuer alone: never by
 * one after the other, or a token could choose the most lenient. Without a token, the host application is asked.
 *
 * @throws ERR_GATEWAY_OPTION for two of one issuer, or two that ask the host application
 */
export function createIdentifier(
  factories: IdentifierFactory | readonly IdentifierFactory[],
  context: IdentifierContext,
): Identifier {
  const all = [factories].flat().map((make) => make(context))
  const [first] = all
  const refuse = (problem: string) =>
    gatewayErrors.ERR_GATEWAY_OPTION({ option: 'identify', problem })
  if (first === undefined) throw refuse('is empty: nobody could enter')
  const hosts = all.filter(({ issuer }) => issuer === undefined)
  if (hosts.length > 1) throw refuse('has two ways that ask the host application')
  const byIssuer = new Map(all.flatMap((one) => (one.issuer ? [[one.issuer, one] as const] : [])))
  if (byIssuer.size + hosts.length < all.length)
    throw refuse('has two ways for tokens of one issuer')
  const [host] = hosts
  return Object.freeze<Identifier>({
    asksHost: host?.asksHost ?? false,
    async identify(request, options) {
      const one = byIssuer.size === 0 ? host : (ofToken(request, byIssuer) ?? host)
      if (one === undefined) throw notIdentified('there is no token')
      return one.identify(request, options)
    },
    async prepare() {
      await Promise.all(all.map((one) => one.prepare?.()))
    },
  })
}

function ofToken(
  request: RequestToIdentify,
  byIssuer: ReadonlyMap<unknown, Identifier>,
): Identifier | undefined {
  const text = readBearer(request)
  if (text === undefined) return undefined
  const { token, problem } = readStrictToken(text)
  if (token === undefined) throw notIdentified(problem)
  const one = byIssuer.get(ownMember(token.claims, 'iss'))
  if (one === undefined) throw notIdentified('the token is of another issuer')
  return one
}
