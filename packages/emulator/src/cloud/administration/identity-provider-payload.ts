import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { isObject } from '../../http/read-body.ts'
import type { QlikFailure } from '../error-envelope.ts'
import { newHexId } from '../state/identifiers.ts'
import type { CloudState, IdentityProvider } from '../state/state.ts'
import { type CloudSwitches, cloudSwitches, type SwitchName } from '../switch-definitions.ts'

const smallestKeyBits = cloudSwitches.minimumKeyBits.default

function badRequest(detail: string, pointer: string, decidedBy?: SwitchName): QlikFailure {
  return {
    status: 400,
    code: 'IDP-400',
    title: 'Bad request',
    detail,
    pointer,
    ...(decidedBy === undefined ? {} : { decidedBy, meta: { emulator: 'inferred' } }),
  }
}

interface RegisteredKey {
  readonly publicKey: KeyObject
  readonly certificateDates?: { readonly from: number; readonly to: number }
}

function readDer(kind: string, der: Buffer): RegisteredKey | undefined {
  try {
    if (kind === 'PUBLIC KEY')
      return { publicKey: createPublicKey({ key: der, format: 'der', type: 'spki' }) }
    const certificate = new X509Certificate(der)
    const from = Date.parse(certificate.validFrom)
    const to = Date.parse(certificate.validTo)
    return { publicKey: certificate.publicKey, certificateDates: { from, to } }
  } catch {
    return undefined
  }
}

/** Reads the `pem` of an identity provider, in the single line that Qlik asks for. */
export function readPem(
  pem: string,
  switches: Pick<CloudSwitches, 'pemLineBreaks' | 'barePublicKey' | 'minimumKeyBits'>,
): RegisteredKey | { flaw: string; decidedBy?: SwitchName } {
  const text = switches.pemLineBreaks === 'accepted' ? pem.replaceAll(/\s*[\r\n]\s*/g, '') : pem
  const isBroken = /[\r\n]/.test(text)
  if (/\s/.test(text.replaceAll(/-----(?:BEGIN|END) [A-Z ]+-----/g, '')))
    return {
      flaw: 'pem has blanks or line breaks: it must be a single line, without any at its ends either. The emulator’s switch pemLineBreaks=accepted lets line breaks pass',
      ...(isBroken ? { decidedBy: 'pemLineBreaks' } : {}),
    }
  const [, kind, base64, endKind] =
    /^-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/]+=*)-----END ([A-Z ]+)-----$/.exec(text) ?? []
  if (kind === undefined || base64 === undefined || kind !== endKind)
    return { flaw: 'pem is not in PEM form' }
  if (kind.includes('PRIVATE'))
    return { flaw: 'pem is a private key: that one never leaves your side. Send the certificate' }
  if (kind !== 'CERTIFICATE' && (kind !== 'PUBLIC KEY' || switches.barePublicKey === 'refused'))
    return {
      flaw: `pem is a ${kind}: send a certificate`,
      ...(kind === 'PUBLIC KEY' ? { decidedBy: 'barePublicKey' } : {}),
    }
  const key = readDer(kind, Buffer.from(base64, 'base64'))
  if (key === undefined) return { flaw: 'pem cannot be decoded' }
  const { publicKey } = key
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0
  if (publicKey.asymmetricKeyType !== 'rsa' || bits < switches.minimumKeyBits)
    return {
      flaw: `pem must hold an RSA key of at least ${switches.minimumKeyBits} bits`,
      ...(bits < smallestKeyBits ? {} : { decidedBy: 'minimumKeyBits' }),
    }
  return key
}

/** Checks what `POST /api/v1/identity-providers` was sent, trap by trap (qlik-cloud.md §4). */
export function parseIdentityProvider(
  body: unknown,
  state: CloudState,
  switches: CloudSwitches,
  now: Date,
): IdentityProvider | QlikFailure {
  if (!isObject(body)) return badRequest('The body must be a JSON object', '')
  if (body.protocol !== 'jwtAuth')
    return badRequest('The emulator has the protocol jwtAuth only', '/protocol')
  if (body.provider !== 'external')
    return badRequest('provider must be external for jwtAuth', '/provider')
  if (body.tenantIds !== undefined && JSON.stringify(body.tenantIds) !== `["${state.tenantId}"]`)
    return {
      status: 403,
      code: 'IDP-403',
      title:
        'Forbidden. User missing TenantAdmin role, or the tenantID in the JWT does not match any of the tenantIDs in the payload.',
      pointer: '/tenantIds',
    }
  const { options, description = '', clockToleranceSec, active = true } = body
  if (typeof description !== 'string')
    return badRequest('description must be a string', '/description')
  if (
    clockToleranceSec !== undefined &&
    !(Number(clockToleranceSec) >= 0 && Number.isFinite(clockToleranceSec))
  )
    return badRequest('clockToleranceSec must be a number of seconds', '/clockToleranceSec')
  if (typeof active !== 'boolean') return badRequest('active must be true or false', '/active')
  if (!isObject(options)) return badRequest('options is required', '/options')
  const { issuer, staticKeys } = options
  if (typeof issuer !== 'string' || issuer === '')
    return badRequest('issuer is required', '/options/issuer')
  if (!Array.isArray(staticKeys) || staticKeys.length !== 1)
    return badRequest('staticKeys must hold exactly 1 key', '/options/staticKeys')
  const entry: unknown = staticKeys[0]
  if (!isObject(entry) || typeof entry.kid !== 'string' || entry.kid === '')
    return badRequest('kid is required', '/options/staticKeys/0/kid')
  const { kid, pem } = entry
  if (typeof pem !== 'string') return badRequest('pem is required', '/options/staticKeys/0/pem')
  const key = readPem(pem, switches)
  if ('flaw' in key) return badRequest(key.flaw, '/options/staticKeys/0/pem', key.decidedBy)
  if (state.identityProviders.size >= switches.identityProviderLimit)
    return badRequest(
      `A tenant has ${switches.identityProviderLimit} of them at most`,
      '',
      'identityProviderLimit',
    )
  for (const other of state.identityProviders.values()) {
    if (other.issuer !== issuer) continue
    if (other.keyId === kid)
      return badRequest('An identity provider with this issuer and kid exists', '/options')
    if (switches.sameIssuerOtherKeyId === 'refused')
      return badRequest(
        'An identity provider with this issuer exists',
        '/options/issuer',
        'sameIssuerOtherKeyId',
      )
  }
  const at = now.toISOString()
  return {
    id: newHexId(),
    issuer,
    keyId: kid,
    pem,
    ...key,
    ...(active ? {} : { isInactive: true }),
    // "decimals will be rounded off"
    ...(clockToleranceSec === undefined
      ? {}
      : { clockToleranceSec: Math.round(Number(clockToleranceSec)) }),
    description,
    created: at,
    lastUpdated: at,
  }
}
