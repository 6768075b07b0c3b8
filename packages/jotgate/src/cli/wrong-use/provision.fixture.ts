import { type RightLines, typed, type WrongUse } from './lines.fixture.ts'

/** `jotgate plan`, `jotgate apply`, `jotgate destroy` and `jotgate import`. */
export const provision = (lines: RightLines): readonly WrongUse[] => [
  ...ofPlans(lines),
  ...ofImport(lines),
]

const ofImport = ({ at }: RightLines): readonly WrongUse[] => {
  const tenant = 'import --for cloud --url https://acme.example'
  const server = 'import --for client-managed --url https://acme.example'
  return [
    typed('import', /--for is missing: cloud or client-managed[\s\S]*--url is missing/),
    typed('import --for cluod', /did you mean cloud/),
    typed('import --for cloud --url acme', /url is not a web address/),
    typed(tenant, /the administrator is missing: give --api-key-env NAME/),
    typed(`${tenant} --api-key-file ${at('none.txt')}`, /none\.txt does not exist/),
    typed(`${tenant} --prefix jwt`, /--prefix is for client-managed Qlik only/),
    typed(server, /--client-certificate and --client-key are missing/),
    typed(`${server} --space Sales`, /--space is for Qlik Cloud only/),
    typed(`${tenant} --adopt`, /--adopt/),
  ]
}

const ofPlans = ({ at }: RightLines): readonly WrongUse[] => {
  const cloud = `--for cloud --url https://acme.example --issuer acme --key ${at('good.pem')}`
  return ['plan', 'apply', 'destroy'].flatMap((command) => [
    typed(command, /the product: --for cloud .*; there is no jotgate\.config\.json in this folder/),
    typed(`${command} ${cloud}`, /setup\.id is missing.*Add `"setup": \{ "id": "[0-9a-f]{8}" \}`/s),
    typed(`${command} --deployment`, /--deployment/),
    typed(`${command} --for cloud --prefix jwt`, /--prefix is for client-managed Qlik only/),
    typed(`${command} ${cloud} --timeout soon`, /--timeout must be/),
    typed(
      `${command} --allow-deletes`,
      command === 'plan' ? /is unknown/ : /did you mean --allow-delete/,
    ),
    // What follows from it is not told as a fault of its own.
    typed(
      `${command} --config ${at('none.json')}`,
      /none\.json does not exist(?![\s\S]*certificate)/,
    ),
  ])
}
