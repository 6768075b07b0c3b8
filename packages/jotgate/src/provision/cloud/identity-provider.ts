import { createHash, X509Certificate } from 'node:crypto'
import type { Administration, IdentityProvider } from '../../qlik/index.ts'
import type { ActualObject, Kind } from '../kind.ts'
import { ownerOf, withMark, withoutMark } from '../mark.ts'
import { underWantedKey } from './own-object.ts'

/** How plans name a JWT identity provider. */
export const identityProviderKind = 'identity provider'

const rotation =
  'Qlik lets nothing of an identity provider be changed but its description. Another key, key ID or issuer is a rotation: a second identity provider beside this one, the signer switched to it, and this one deleted when its last token has expired. Until then logins with the other key are refused.'

/** By what one is found again, as people read it. */
export const keyOfProvider = (issuer: string, kid: string) => `issuer ${issuer}, key ID ${kid}`

/**
 * JWT identity providers. One that this setup has marked stands for the wanted one, also where its issuer or key ID
 * is another: that is a rotation, which is not an object more and an object less.
 *
 * @param options.wanted issuer, key ID, and the certificate in one line
 */
export function createIdentityProviderKind(options: {
  administration: Administration
  setupId: string
  wanted: { issuer: string; kid: string; certificateLine: string; clockToleranceSec?: number }
}): Kind {
  const { administration, setupId, wanted } = options
  const wantedKey = keyOfProvider(wanted.issuer, wanted.kid)
  return {
    name: identityProviderKind,
    fixed: {
      issuer: rotation,
      keyId: rotation,
      certificate: rotation,
      clockToleranceSeconds: rotation,
      active: 'An identity provider that is not active can only be deleted and created again.',
    },
    unordered: [],
    warnings: { delete: 'Nobody can log in any more with tokens of this issuer and key ID.' },
    async list() {
      const providers = await administration.listIdentityProviders()
      const objects = providers
        .filter(({ protocol }) => protocol === 'jwtAuth')
        .map((one) => toObject(one, setupId, wanted.certificateLine))
      return underWantedKey(objects, wantedKey)
    },
    async create({ fields }) {
      await administration.createIdentityProvider({
        ...wanted,
        description: withMark(String(fields.description), setupId),
      })
    },
    async update(actual, fields) {
      const description = fields.description ?? actual.fields.description
      await administration.updateIdentityProvider(actual.id, {
        description: withMark(String(description), setupId),
      })
    },
    remove: ({ id }) => administration.deleteIdentityProvider(id),
  }
}

function toObject(
  { id, issuer = '', staticKeys, description = '', clockToleranceSec, active }: IdentityProvider,
  setupId: string,
  wantedLine: string,
): ActualObject {
  const [{ kid, pem } = { kid: '', pem: '' }] = staticKeys
  return {
    id,
    key: keyOfProvider(issuer, kid),
    owner: ownerOf(description, setupId),
    fields: {
      issuer,
      keyId: kid,
      certificate: contentOf(pem, wantedLine),
      clockToleranceSeconds: clockToleranceSec,
      active,
      description: withoutMark(description),
    },
  }
}

/** What a certificate holds, whatever its line breaks: its SHA-256 fingerprint. */
export const fingerprintOf = (pem: string) =>
  `SHA-256 ${new X509Certificate(withLineBreaks(pem)).fingerprint256}`

/**
 * The same of what Qlik keeps. A public key alone verifies what a certificate with this key verifies; anything else
 * is named by its own hash, since it differs from every certificate.
 */
function contentOf(pem: string, wantedLine: string): string {
  const text = withLineBreaks(pem)
  try {
    return `SHA-256 ${new X509Certificate(text).fingerprint256}`
  } catch {
    const { publicKey } = new X509Certificate(withLineBreaks(wantedLine))
    const own = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
    if (bodyOf(pem) === own) return fingerprintOf(wantedLine)
    return `no certificate, SHA-256 of its text ${createHash('sha256').update(text).digest('hex')}`
  }
}

const bodyOf = (pem: string) => pem.replaceAll(/-----[A-Z ]+-----|\s/g, '')

/** Node reads no certificate whose label and content share a line. */
export function withLineBreaks(pem: string): string {
  const [, label = ''] = /-----BEGIN ([A-Z ]+)-----/.exec(pem) ?? []
  const lines = bodyOf(pem).match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
