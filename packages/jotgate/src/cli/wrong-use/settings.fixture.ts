import { more, type RightLines, typed, variable, type WrongUse } from './lines.fixture.ts'

/** Where the result goes, and what the configuration file and the environment say. */
export const settings = ({ at, create, full }: RightLines): readonly WrongUse[] => [
  // files
  more(full, `--out ${at('nowhere/token')}`, /ERR_CLI_OUT[\s\S]*ENOENT/),
  more(full, `--out ${at('folder.pem')}`, /ERR_CLI_OUT/),
  more(full, `--out ${at('link')}`, /ERR_CLI_OUT.*it is a link, and no plain file/),
  more(full, `--out ${at('pipe')}`, /ERR_CLI_OUT.*it is a device or pipe/),
  more(create, `--config ${at('none.config')}`, /none\.config does not exist/),
  more(create, `--config ${at('not-json.config')}`, /is not JSON: see line 1/),
  more(create, `--config ${at('typo.config')}`, /did you mean signing/),
  more(create, `--config ${at('empty.config')}`, /has no deployment/),
  more(create, `--config ${at('two.config')}`, /several deployments: a, b/),
  more(create, `--config ${at('two.config')} --deployment aa`, /only a, b; did you mean a/),
  more(
    create,
    `--config ${at('two.config')} --deployment a --for client-managed`,
    /--for says client-managed/,
  ),
  more(create, `--config ${at('two.config')} --deployment a`, /private key is missing/),
  more(create, '--deployment prod', /jotgate init/),
  typed('config check', /jotgate init/),
  more(['config', 'check'], `--config ${at('typo.config')}`, /singing: is unknown/),
  more(
    ['config', 'check'],
    `--config ${at('impossible.config')}`,
    /plain\.url: [\s\S]*long\.signing\.lifetime: must be from 1s to 3600s/,
  ),
  more(
    ['config', 'check'],
    `--config ${at('all.config')}`,
    /form\.url: is missing[\s\S]*plain\.url: must begin with https[\s\S]*typo: is unknown/,
  ),
  // environment
  variable(full, { JOTGATE_ISSEUR: 'x' }, /JOTGATE_ISSEUR is unknown; did you mean JOTGATE_ISSUER/),
  variable(
    full,
    { JOTGATE_ISSEUR: 'x', JOTGATE_ALG: 'none', JOTGATE_JSON: 'maybe' },
    /JOTGATE_ALG must be one of[\s\S]*JOTGATE_JSON must be[\s\S]*JOTGATE_ISSEUR is unknown/,
  ),
  variable(full, { JOTGATE_JSON: 'maybe' }, /JOTGATE_JSON must be true or false/),
  variable(['token', 'create'], { JOTGATE_FOR: 'clod' }, /did you mean cloud/),
  variable(full, { JOTGATE_GROUP: '[TOPSECRET' }, /one value or a JSON array/),
  variable(full, { JOTGATE_LIFETIME: 'soon' }, /JOTGATE_LIFETIME must be/),
  variable(create, { JOTGATE_CONFIG: at('none.config') }, /does not exist/),
]
