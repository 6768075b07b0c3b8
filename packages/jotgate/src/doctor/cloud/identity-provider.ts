import { createPublicKey, X509Certificate } from 'node:crypto'
import type { IdentityProvider } from '../../qlik/index.ts'
import type { SigningKey } from '../../token/index.ts'
import type { Check, Outcome } from '../check.ts'
import type { CloudContext } from './cloud-context.ts'

const source = 'https://qlik.dev/apis/rest/identity-providers/'
const rotation =
  'Qlik lets neither issuer, key ID nor certificate of an identity provider be changed: make one that fits, and delete the other when no token is signed for it any more'

/** Whether the tenant trusts this issuer, this key ID and this key: Qlik’s refusal says nothing of which is wrong. */
export const identityProviderChecks: readonly Check<CloudContext>[] = [
  {
    id: 'cloud-identity-provider',
    category: 'set-up',
    question: 'Does the tenant trust this issuer, key ID and public key?',
    needs: ['cloud-administrator'],
    async run({ deployment: { issuer }, key, listIdentityProviders, clock }) {
      const all = (await listIdentityProviders()).filter(({ protocol }) => protocol === 'jwtAuth')
      return outcomesOf({ all, issuer, key, now: clock() })
    },
  },
]

interface Asked {
  readonly all: readonly IdentityProvider[]
  readonly issuer: string
  readonly key: SigningKey
  readonly now: number
}

function outcomesOf({ all, issuer, key, now }: Asked): Outcome[] {
  const { kid } = key
  const evidence = `identity providers: ${all.map(inWords).join('; ') || 'none for JWT'}`
  const failed = (title: string, hint: string, mends = false): Outcome => ({
    verdict: 'failed',
    title,
    evidence,
    hint,
    source,
    ...(mends ? { isMendedByApply: true } : {}),
  })
  const make = `\`jotgate apply\` makes one; or by hand: Administration, Identity provider, JWT, with issuer ${issuer} and key ID ${kid}.`
  if (all.length === 0) return [failed('The tenant has no identity provider for JWT', make, true)]
  const pairs = all.filter((one) => one.issuer === issuer && kidOf(one) === kid)
  const [own] = [...pairs].sort((one, other) => Number(other.active) - Number(one.active))
  if (own === undefined) return [otherPair({ all, issuer, key, now }, failed, make)]
  const { pem = '' } = own.staticKeys[0] ?? {}
  const found = publicKeyIn(pem)
  if (found === undefined)
    return [
      failed(
        'The certificate of the identity provider cannot be read: characters are missing or changed',
        `${rotation}. \`jotgate keys export\` prints it in the one line that Qlik wants.`,
      ),
    ]
  if (found.n !== key.publicJwk.n)
    return [
      failed(
        `The identity provider of issuer ${issuer} and key ID ${kid} has the certificate of another key`,
        `${rotation}. Or sign with the private key of that certificate.`,
      ),
    ]
  if (!own.active)
    return [
      failed(
        `The identity provider of issuer ${issuer} and key ID ${kid} is not active`,
        'Activate it in Administration, Identity provider; where the console offers no such thing, delete it and make it again.',
      ),
    ]
  const outcomes: Outcome[] = []
  if (pairs.length > 1)
    outcomes.push({
      verdict: 'warning',
      title: `${pairs.length} identity providers have issuer ${issuer} and key ID ${kid}`,
      evidence,
      hint: 'No source says which of them Qlik takes: delete those of other keys.',
      source,
    })
  if (/[\r\n]|\\n|\s$/.test(pem))
    outcomes.push({
      verdict: 'warning',
      title: 'The certificate of the identity provider has line breaks',
      evidence,
      hint: 'Qlik’s documentation wants it in one line: `jotgate keys export` prints it so. Make the identity provider again when logins are refused.',
      source: 'https://qlik.dev/authenticate/jwt/create-signed-tokens-for-jwt-authorization/',
    })
  if (found.validTo !== undefined && found.validTo < now)
    outcomes.push({
      verdict: 'warning',
      title: 'The certificate of the identity provider has expired',
      evidence: `valid until ${new Date(found.validTo).toISOString()}`,
      hint: 'No source says whether Qlik looks at the date: rotate to a key with a new certificate before you depend on it.',
      source,
    })
  if (outcomes.length > 0) return outcomes
  return [
    {
      verdict: 'passed',
      title: `The tenant trusts issuer ${issuer} with key ID ${kid} and this key`,
      evidence,
    },
  ]
}

/** The pair is not there: what is nearest to it says what is wrong. */
function otherPair(
  { all, issuer, key }: Asked,
  failed: (title: string, hint: string, mends?: boolean) => Outcome,
  make: string,
): Outcome {
  const { kid } = key
  const isOurs = (one: IdentityProvider) =>
    publicKeyIn(one.staticKeys[0]?.pem ?? '')?.n === key.publicJwk.n
  const likely = [...all].sort((one, other) => Number(isOurs(other)) - Number(isOurs(one)))
  const sameIssuer = likely.find((one) => one.issuer === issuer)
  if (sameIssuer !== undefined) {
    const theirs = kidOf(sameIssuer) ?? ''
    return failed(
      `The tenant has issuer ${issuer} with key ID ${theirs}, and tokens name ${kid}${alike(theirs, kid)}`,
      isOurs(sameIssuer)
        ? `Set \`signing.kid\` to ${theirs}: the key is the same.`
        : `It is another key too. ${rotation}: ${make}`,
      !isOurs(sameIssuer),
    )
  }
  const sameKid = likely.find((one) => kidOf(one) === kid)
  if (sameKid !== undefined)
    return failed(
      `The tenant has key ID ${kid} with issuer ${sameIssuerText(sameKid)}, and tokens name ${issuer}${alike(sameKid.issuer ?? '', issuer)}`,
      isOurs(sameKid)
        ? `Set \`issuer\` of the deployment to ${sameIssuerText(sameKid)}, character for character: the key is the same.`
        : make,
      !isOurs(sameKid),
    )
  const ours = likely.find(isOurs)
  if (ours !== undefined)
    return failed(
      `The tenant trusts this key as issuer ${sameIssuerText(ours)} with key ID ${kidOf(ours)}, and tokens name ${issuer} and ${kid}`,
      `Set \`issuer\` and \`signing.kid\` to those of the identity provider, or: ${make}`,
    )
  return failed(
    `The tenant has no identity provider of issuer ${issuer} and key ID ${kid}`,
    make,
    true,
  )
}

const sameIssuerText = ({ issuer = '' }: IdentityProvider) => issuer
const kidOf = ({ staticKeys }: IdentityProvider) => staticKeys[0]?.kid

/** Names what the eye misses. */
function alike(theirs: string, ours: string): string {
  const reduced = (text: string) => text.trim().toLowerCase().replace(/\/+$/, '')
  if (reduced(theirs) !== reduced(ours)) return ''
  if (theirs.trim() === ours.trim()) return ': a blank before or behind it'
  if (theirs.toLowerCase() === ours.toLowerCase()) return ': capital letters count'
  return ': a slash at the end counts'
}

function inWords(one: IdentityProvider): string {
  return `issuer ${one.issuer ?? ''}, key ID ${kidOf(one) ?? ''}${one.active ? '' : ' (not active)'}`
}

/** Of a certificate or a bare public key, whatever its line breaks. */
function publicKeyIn(
  pem: string,
): { readonly n: string | undefined; readonly validTo?: number } | undefined {
  const [, label = ''] = /-----BEGIN ([A-Z ]+)-----/.exec(pem) ?? []
  const body = pem.replaceAll(/-----[A-Z ]+-----|\s|\\[rn]/g, '')
  try {
    const der = Buffer.from(body, 'base64')
    if (label === 'PUBLIC KEY')
      return {
        n: createPublicKey({ key: der, format: 'der', type: 'spki' }).export({ format: 'jwk' }).n,
      }
    const { publicKey, validToDate } = new X509Certificate(der)
    return { n: publicKey.export({ format: 'jwk' }).n, validTo: validToDate.getTime() }
  } catch {
    return undefined
  }
}
