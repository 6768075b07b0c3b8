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
  typed('add', /no package\.json/),
  typed('add koa --yes', /one of express/),
  typed('completion', /shell is missing/),
  typed('completion tcsh', /bash, zsh, fish/),
]
