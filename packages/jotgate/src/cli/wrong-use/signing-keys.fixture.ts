import { minus, more, type RightLines, type WrongUse } from './lines.fixture.ts'

/** Private keys that `token create` is to sign with. */
export const signingKeys = ({ at, full, withKey }: RightLines): readonly WrongUse[] => [
  withKey('none.pem', /no file at/),
  withKey('folder.pem', /is a folder/),
  withKey('open.pem', /chmod 600/),
  withKey('short.pem', /1024 bits/),
  withKey('ec.pem', /type ec/),
  withKey('empty.pem', /none\.pem|empty\.pem/),
  withKey('words.pem', /words\.pem/),
  withKey('half.pem', /half\.pem/),
  withKey('two.pem', /two\.pem/),
  withKey('noise.pem', /noise\.pem/),
  withKey('large.pem', /larger than/),
  withKey('good.cer', /certificate where a private key is needed/),
  withKey('sealed.pem', /encrypted with a passphrase\nhint: .*--passphrase-file FILE/),
  withKey('sealed.pem', /does not open/, '--passphrase-file', at('wrong-pass.txt')),
  withKey('sealed.pem', /does not exist/, '--passphrase-file', at('no-pass.txt')),
  withKey('sealed.pem', /not set or empty/, '--passphrase-env', 'NO_SUCH_PASS'),
  withKey('good.pfx', /passphrase/),
  withKey('good.pfx', /does not open/, '--passphrase-file', at('wrong-pass.txt')),
  more(full, '--key-env QLIK_KEY', /named twice/),
  more(minus(full, '--key'), '--key-env QLIK_KEY', /QLIK_KEY is not set/),
  more(
    minus(full, '--key'),
    '--key-env 1-not-a-name',
    /--key-env must be the name of an environment variable/,
  ),
  {
    args: full.with(full.indexOf(at('good.pem')), '-----BEGIN PRIVATE KEY-----\nTOPSECRET'),
    says: /--key must be the name of a file or folder; its value looks like a token, a key or JSON/,
  },
  {
    args: [...minus(full, '--key'), '--key-env', 'QLIK_KEY'],
    env: { QLIK_KEY: 'TOPSECRET' },
    says: /QLIK_KEY/,
  },
  {
    args: full.with(full.indexOf(at('good.pem')), '-'),
    stdin: '',
    says: /The standard input is empty/,
  },
  {
    args: full.with(full.indexOf(at('good.pem')), '-'),
    stdin: 'TOPSECRET',
    says: /: The standard input /,
  },
  {
    args: [...full.with(full.indexOf(at('good.pem')), '-'), '--user-json', '-'],
    stdin: '{}',
    says: /cannot both read the standard input/,
  },
  more(full, `--passphrase-file ${at('pass.txt')} --passphrase-env X`, /named twice/),
  more(full, '--kid \u0007', /control character/),
]
