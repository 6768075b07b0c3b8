import { more, type RightLines, typed, type WrongUse } from './lines.fixture.ts'

/** `jotgate init`, `jotgate add` and `jotgate completion`. */
export const setUp = ({ at }: RightLines): readonly WrongUse[] => [
  typed('init', /--for is missing[\s\S]*--url is missing/),
  more(
    ['init', '--for', 'cloud', '--issuer', 'a', '--keys', at('k')],
    `--url acme --config ${at('new.json')}`,
    /prod\.url: is not a web address/,
  ),
  more(
    ['init', '--for', 'cloud', '--issuer', 'a', '--keys', at('k')],
    `--url http://acme.example --config ${at('new.json')}`,
    /deployments\.prod\.url: /,
  ),
  more(
    ['init', '--for', 'cloud', '--issuer', 'a', '--url', 'https://a.example'],
    `--config ${at('two.config')}`,
    /exists already/,
  ),
  ...[
    ['--api-key-env NO_SUCH_KEY', /needs a yes.*--yes gives it|NO_SUCH_KEY/],
    ['--yes --api-key-env NO_SUCH_KEY', /NO_SUCH_KEY, a variable that is not set or empty/],
    ['--yes --api-key-file none', /--api-key-file: none does not exist/],
    ['--yes --api-key-file -', /--api-key-file must name a file/],
    ['--yes --oauth-client-id a', /neither a secret nor a key/],
    ['--yes --oauth-secret-file none', /--oauth-client-id is missing/],
    ['--origin www.acme.example', /--origin is not a web address/],
    ['--origin https://www.acme.example/path', /--origin must be an origin/],
    ['--origin https://*.acme.example', /--origin must name one host/],
    ['--client-certificate none', /--client-certificate is for client-managed Qlik only/],
    ['--create-test-user', /an administrator is missing/],
  ].map(([line, words]) =>
    more(
      ['init', '--for', 'cloud', '--issuer', 'a', '--url', 'https://a.example', '--keys', at('k')],
      `--config ${at('new.json')} ${line}`,
      words as RegExp,
    ),
  ),
  ...[
    ['--client-certificate none', /--client-certificate and --client-key go together/],
    ['--client-certificate none --client-key none', /--client-key: none does not exist/],
    ['--service-user SERVICE\\jotgate', /--service-user alone cannot come in/],
    ['--api-key-env NAME', /--api-key-env is for Qlik Cloud only/],
  ].map(([line, words]) =>
    more(
      ['init', '--for', 'client-managed', '--url', 'https://a.example', '--user-directory', 'A'],
      `--yes --config ${at('new.json')} --keys ${at('k')} ${line}`,
      words as RegExp,
    ),
  ),
  typed('add', /no package\.json/),
  typed('add koa --yes', /one of express/),
  typed('completion', /shell is missing/),
  typed('completion tcsh', /bash, zsh, fish/),
]
