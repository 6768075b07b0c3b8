import { verifyRsaSignature } from '../../../jwt/rsa-signature.ts'
import type { ClientManagedSwitches } from '../../switches.ts'
import { readCertificates, type TrustedKey } from './certificates.ts'
import { type Rule, refuse } from './rule.ts'

/** help.qlik.com, “JWT authentication”: “Only the following signing algorithms are supported”. */
const supported: readonly unknown[] = ['RS256', 'RS384', 'RS512']

const algorithm: Rule = {
  name: 'algorithm',
  check({ header: { alg } }) {
    if (supported.includes(alg)) return undefined
    const found = typeof alg === 'string' ? `alg is ${alg.slice(0, 32)}` : 'alg is not a string'
    return refuse(`${found}; RS256, RS384 and RS512 are supported`)
  },
}

/**
 * Members that would change how the token is read: critical extensions (RFC 7515 §4.1.11), unencoded payload
 * (RFC 7797), compression, a nested token, another kind of token (RFC 8725 §3.11). `kid` is not looked at: the virtual
 * proxy has one certificate.
 */
const header: Rule = {
  name: 'header',
  check(draft) {
    for (const member of ['crit', 'b64', 'zip', 'cty'])
      if (Object.hasOwn(draft.header, member)) return refuse(`The header has ${member}`)
    const { typ } = draft.header
    if (typ === undefined || (typeof typ === 'string' && typ.toUpperCase() === 'JWT'))
      return undefined
    return refuse('typ is not JWT')
  },
}

const certificate: Rule = {
  name: 'certificate',
  check(_, { virtualProxy, switches, nowMs }) {
    const found = readCertificates(virtualProxy.jwtPublicKeyCertificate, switches)
    if ('flaw' in found) return refuse(found.flaw, found.decidedBy)
    if (switches.proxyCertificateDates === 'ignored') return undefined
    const isValid = found.keys.some(
      ({ dates }) => dates === undefined || (nowMs >= dates.from && nowMs <= dates.to),
    )
    return isValid
      ? undefined
      : refuse('The certificate has expired or is not yet valid', 'proxyCertificateDates')
  },
}

/** The key is that of the virtual proxy, whatever the header says. */
const signature: Rule = {
  name: 'signature',
  check(draft, { virtualProxy, switches }) {
    const keysBy = (severalCertificates: ClientManagedSwitches['severalCertificates']) => {
      const by = { ...switches, severalCertificates }
      const found = readCertificates(virtualProxy.jwtPublicKeyCertificate, by)
      return 'flaw' in found ? [] : found.keys
    }
    const token = { ...draft, alg: draft.header.alg }
    const isSignedBy = ({ key }: TrustedKey) =>
      key.asymmetricKeyType === 'rsa' && verifyRsaSignature(token, key)
    const keys = keysBy(switches.severalCertificates)
    if (keys.some(isSignedBy)) return undefined
    const others = keysBy('any').slice(keys.length)
    return refuse(
      'The signature is not that of the certificate',
      others.some(isSignedBy) ? 'severalCertificates' : undefined,
    )
  },
}

/** Whether the token was made with the key of the virtual proxy’s certificate. */
export const trustRules: readonly Rule[] = [algorithm, header, certificate, signature]
