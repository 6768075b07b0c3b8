/** One fact about Qlik Cloud that no source settles, and what the emulator does about it. */
export interface SwitchDefinition<Value extends string | number | boolean> {
  readonly default: Value
  /** The values it takes; a number takes the whole numbers from `min` to `max`. */
  readonly values?: readonly Value[]
  readonly min?: number
  readonly max?: number
  /** What is unknown, in a sentence. */
  readonly fact: string
}

function flag(defaultValue: boolean, fact: string): SwitchDefinition<boolean> {
  return { default: defaultValue, values: [true, false], fact }
}

function choice<const Value extends string | number>(
  values: readonly [Value, ...Value[]],
  fact: string,
): SwitchDefinition<Value> {
  return { default: values[0], values, fact }
}

/** Every unknown as a switch. The first value of a choice is the default. */
export const switchDefinitions = {
  defaultClockToleranceSec: {
    default: 5,
    min: 0,
    max: 3600,
    fact: 'The clock tolerance of an identity provider that sets none',
  } as SwitchDefinition<number>,
  strictSubType: flag(false, 'Whether a token without subType is refused'),
  unverifiedEmail: choice(['accepted', 'refused'], 'What email_verified: false leads to'),
  trustRefusalStatus: choice(
    [401, 400, 403],
    'The status for a wrong form, algorithm, key ID, issuer or signature, and for a token that is expired, not yet valid or used',
  ),
  claimRefusalStatus: choice(
    [400, 401],
    'The status for a wrong audience, a claim of a wrong type and a life over an hour',
  ),
  originRefusalStatus: choice(
    [401, 403],
    'The status for an origin that the web integration does not list',
  ),
  preflight: choice(
    ['listed-origins', 'any-origin'],
    'Whether a CORS preflight is answered for origins of integrations only',
  ),
  refreshUserAtLogin: flag(true, 'Whether name and e-mail of a known user follow the token'),
  missingGroupsClaim: choice(
    ['removes', 'keeps'],
    'What a token without groups does to the groups that the user had',
  ),
  refuseSameEmail: flag(
    false,
    'Whether LOGIN-12 refuses an e-mail that another active subject has',
  ),
  cookieAttributes: choice(
    ['none-secure', 'lax'],
    'SameSite=None; Secure, or SameSite=Lax for browsers that take no Secure cookie over http',
  ),
  usersMeStatus: choice([301, 200], 'Whether users/me redirects, as documented, or answers itself'),
  csrfErrorShape: choice(
    ['top-level', 'errors'],
    'Where CSRF-TOKEN-2 stands in the body of the 403: code, or errors[0].code',
  ),
  webSocketRefusal: choice(
    ['http', 'close'],
    'Whether a refused web socket gets 401 or 403, or is closed with 4006 or 4203',
  ),
  webSocketKeepsSession: flag(true, 'Whether engine traffic counts as activity of the session'),
  pemLineBreaks: choice(
    ['refused', 'accepted'],
    'What line breaks in the pem of an identity provider lead to',
  ),
  barePublicKey: choice(
    ['accepted', 'refused'],
    'Whether an identity provider takes a public key in place of a certificate',
  ),
  sameIssuerOtherKeyId: choice(
    ['accepted', 'refused'],
    'Whether two identity providers may share an issuer when their key IDs differ',
  ),
  certificateDates: choice(
    ['ignored', 'checked'],
    'Whether a token counts when the certificate itself is expired or not yet valid',
  ),
  deletedProviderEndsSessions: flag(
    false,
    'Whether sessions end with the identity provider that they began with',
  ),
}

export type SwitchName = keyof typeof switchDefinitions

/** The value of every switch. */
export type Switches = {
  -readonly [Name in SwitchName]: (typeof switchDefinitions)[Name] extends SwitchDefinition<
    infer Value
  >
    ? Value
    : never
}
