import { minus, more, type RightLines, type WrongUse } from './lines.fixture.ts'

/** Users: from a JSON file, from a batch, and from options. */
export const users = ({ at, cloud, full }: RightLines): readonly WrongUse[] => [
  more(
    cloud,
    `--user-json ${at('user.json')}`,
    /member nmae that is unknown; did you mean name\?, and a member emial .* email/,
  ),
  more(cloud, `--user-json ${at('list.json')}`, /must contain a JSON object/),
  more(cloud, `--user-json ${at('twice.json')}`, /--user-json .* subject: occurs twice/),
  more(cloud, `--user-json ${at('broken.json')}`, /is not JSON \(line 1, column 2\)/),
  more(cloud, `--user-json ${at('empty.pem')}`, /is empty/),
  more(cloud, `--user-json ${at('latin.json')}`, /is not UTF-8/),
  more(cloud, `--user-json ${at('none.json')}`, /does not exist/),
  more(cloud, `--user-json ${at('large.pem')}`, /is not JSON/),
  more(full, `--batch ${at('bad.csv')}`, /--batch has the users/),
  more(cloud, `--batch ${at('bad.csv')}`, /line 2: .*cells/),
  more(cloud, `--batch ${at('none.csv')}`, /does not exist/),
  more(cloud, `--batch ${at('twice.csv')}`, /two columns for subject: userid and subject/),
  more(cloud, `--batch ${at('noise.pem')}`, /ERR_CLI_INPUT/),
  more(cloud, '--batch /dev/zero', /is not a file or a pipe/),
  more(cloud, `--batch ${at('')}`, /is not a file or a pipe/),
  { args: [...minus(full, '--name'), '--name', ''], says: /--name is empty/ },
  { args: [...minus(full, '--name'), '--name', 'a\u0000b'], says: /control character/ },
  { args: [...full, '--group', ''], says: /--group is empty/ },
  { args: [...full, '--group', 'x'.repeat(257)], says: /longer than 256/ },
  {
    args: [...full, ...Array.from({ length: 201 }, (_, index) => ['--group', `g${index}`]).flat()],
    says: /more than 200/,
  },
]
