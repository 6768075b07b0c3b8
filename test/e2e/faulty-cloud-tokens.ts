// One token for each rule that checkToken has for Qlik Cloud, made of one change to a good one.
import type { CloudSwitches } from 'jotgate-emulator'

/** What a test may build a token of; `now` is the emulator's time in seconds. */
export interface TokenChange {
  header?: Record<string, unknown>
  claims?: Record<string, unknown>
  /** The payload's own text, where JSON.stringify would not write it so. */
  payload?: (json: string) => string
  /** What is done to the text after it was signed. */
  text?: (token: string) => string
  /** Signed with a key that the tenant does not have. */
  foreign?: boolean
  /** Checked against a certificate with this key ID. */
  kid?: string
  /** A token that is used before, as a change to the good one. */
  earlier?: Record<string, unknown>
  /** How long after it was made the certificate is checked. */
  afterDays?: number
}

export interface FaultyToken extends TokenChange {
  /** For a rule of effect `unknown`: the switch, and the setting with which the emulator refuses. */
  refusedWith?: Partial<CloudSwitches>
  acceptedWith?: Partial<CloudSwitches>
}

export const keyId = 'acme-1'

export const faultyTokens = (now: number): Record<string, FaultyToken> => ({
  'kind-api-key': { claims: { iss: 'qlik.api/api-keys', aud: 'qlik.api' } },
  'kind-api-audience': { claims: { aud: 'qlik.api' } },
  'kind-claims-in-header': { header: { sub: 'acme|42' }, claims: { sub: undefined } },
  'kind-claims-nested': {
    claims: {
      sub: undefined,
      email: undefined,
      user: { sub: 'acme|42', email: 'ada@acme.example' },
    },
  },
  'kind-dotnet-claim-names': {
    claims: {
      sub: undefined,
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier': 'acme|42',
    },
  },
  'kind-other-provider': {
    claims: { iss: 'https://acme.eu.auth0.com/', aud: 'client', nonce: 'n', azp: 'client' },
  },
  'form-empty': { text: () => '' },
  'form-key-in-place-of-token': {
    text: () => '-----BEGIN PUBLIC KEY----- AA -----END PUBLIC KEY-----',
  },
  'form-scheme': { text: (token) => `Bearer ${token}` },
  'form-quotes': { text: (token) => `"${token}"` },
  'form-white-space': { text: (token) => token.replace('.', '. ') },
  'form-parts': { text: (token) => token.slice(0, token.lastIndexOf('.')) },
  'form-encrypted': { text: (token) => `${token}.AA.AA` },
  'form-too-long': {
    claims: { groups: Array.from({ length: 70 }, (_, n) => `${n}`.padEnd(250, 'g')) },
  },
  'form-long': {
    claims: { groups: Array.from({ length: 30 }, (_, n) => `${n}`.padEnd(250, 'g')) },
  },
  'form-base64url': { text: (token) => `${token}==` },
  'form-json': { payload: (json) => `${json}x` },
  'form-nesting': {
    payload: (json) => json.replace(/}$/, `,"x":${'['.repeat(40)}${']'.repeat(40)}}`),
  },
  'form-duplicate-member': { payload: (json) => json.replace(/}$/, ',"sub":"root"}') },
  'form-unsafe-number': { payload: (json) => json.replace(/}$/, ',"x":9007199254740993}') },
  'form-critical-header': { header: { crit: ['exp'] } },
  'form-compressed': { header: { zip: 'DEF' } },
  'form-nested': { header: { cty: 'JWT' } },
  'form-type': { header: { typ: 'at+jwt' } },
  'form-embedded-key': { header: { jku: 'https://elsewhere.example/jwks' } },
  'signature-mismatch': { foreign: true },
  'signature-certificate-dates': {
    afterDays: 2,
    refusedWith: { certificateDates: 'checked' },
    acceptedWith: { certificateDates: 'ignored' },
  },
  'cloud-algorithm-hmac': { header: { alg: 'HS256' } },
  'cloud-algorithm-none': { header: { alg: 'none' } },
  'cloud-algorithm-other': {
    header: { alg: 'RS512' },
    refusedWith: { algorithms: 'RS256' },
    acceptedWith: { algorithms: 'RSA' },
  },
  'cloud-key-id-missing': { header: { kid: undefined } },
  'cloud-key-id-in-payload': { header: { kid: undefined }, claims: { kid: keyId } },
  'cloud-key-id-unknown': { header: { kid: 'acme-2' }, kid: keyId },
  'cloud-issuer': { claims: { iss: 'Acme.example' } },
  'cloud-issuer-form': { claims: { iss: 'acme\u0007' } },
  'cloud-audience': { claims: { aud: 'qlik.api/jwt-login-session' } },
  'cloud-audience-list': { claims: { aud: ['qlik.api/login/jwt-session'] } },
  'cloud-made-for-client-managed': {
    claims: { sub: undefined, userId: 'ada', userDirectory: 'ACME' },
  },
  'cloud-subject-missing': { claims: { sub: undefined } },
  'cloud-subject-type-missing': {
    claims: { subType: undefined },
    refusedWith: { strictSubType: true },
    acceptedWith: { strictSubType: false },
  },
  'cloud-subject-type': { claims: { subType: 'application' } },
  'cloud-random-subject': { claims: { sub: '3f1c1a52-8f5e-4a51-9d2e-6f0b3a7c9d10' } },
  'cloud-subject-changes': { earlier: { sub: 'acme|7' } },
  'cloud-email-reused': {
    earlier: { sub: 'acme|7', name: 'Somebody else' },
    refusedWith: { refuseSameEmail: true },
    acceptedWith: { refuseSameEmail: false },
  },
  'cloud-name-missing': { claims: { name: undefined } },
  'cloud-email-missing': {
    claims: { email: undefined },
    refusedWith: { missingEmail: 'refused' },
    acceptedWith: { missingEmail: 'accepted' },
  },
  'cloud-email-type': { claims: { email: ' ' } },
  'cloud-email-form': { claims: { email: 'ada king@acme.example' } },
  'cloud-email-verified-missing': {
    claims: { email_verified: undefined },
    refusedWith: { missingEmail: 'refused' },
    acceptedWith: { missingEmail: 'accepted' },
  },
  'cloud-email-verified-type': { claims: { email_verified: 'true' } },
  'cloud-email-unverified': {
    claims: { email_verified: false },
    refusedWith: { unverifiedEmail: 'refused' },
    acceptedWith: { unverifiedEmail: 'accepted' },
  },
  'cloud-email-trusted-blindly': { claims: { sub: 'BackendApp|auth0|42' } },
  'cloud-token-id-missing': { claims: { jti: undefined } },
  'cloud-token-id-type': { claims: { jti: true } },
  'cloud-token-id-number': { claims: { jti: now } },
  'cloud-token-id-short': { claims: { jti: 'short' } },
  'cloud-token-id-reused': { earlier: {} },
  'cloud-issued-at-missing': { claims: { iat: undefined } },
  'cloud-not-before-missing': { claims: { nbf: undefined } },
  'cloud-expiry-missing': { claims: { exp: undefined } },
  'cloud-time-type': { claims: { exp: String(now + 50) } },
  'cloud-time-in-milliseconds': { claims: { exp: now * 1000 } },
  'cloud-time-order': { claims: { nbf: now - 5, exp: now - 5 } },
  'cloud-validity-window': { claims: { exp: now - 5 + 3601 } },
  'cloud-expired': { claims: { iat: now - 200, nbf: now - 200, exp: now - 100 } },
  'cloud-not-yet-valid': { claims: { nbf: now + 100, exp: now + 200 } },
  'cloud-clock-tolerance': {
    claims: { iat: now, nbf: now + 3 },
    refusedWith: { defaultClockToleranceSec: 0 },
    acceptedWith: { defaultClockToleranceSec: 5 },
  },
  'cloud-issued-in-future': {
    claims: { iat: now + 30 },
    refusedWith: { futureIssuedAt: 'refused' },
    acceptedWith: { futureIssuedAt: 'accepted' },
  },
  'cloud-not-before-after-issue': { claims: { iat: now - 10, nbf: now - 9 } },
  'cloud-group-for-groups': { claims: { groups: undefined, group: ['sales'] } },
  'cloud-groups-type': { claims: { groups: 'sales' } },
  'cloud-group-name': { claims: { groups: ['g'.repeat(257)] } },
  'cloud-group-form': { claims: { groups: ['/sales'] } },
  'cloud-groups-empty': { claims: { groups: [] } },
  'cloud-unread-claims': { claims: { roles: ['TenantAdmin'] } },
})
