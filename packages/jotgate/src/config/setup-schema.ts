import * as z from 'zod'
import { file, origin, read, setting } from './schema-forms.ts'

/** What a setup of either product says. */
export const commonSetup = {
  id: setting(
    read(
      (value) => (/^[a-z0-9]{8,32}$/.test(value) ? undefined : 'must be 8 to 32 of a-z and 0-9'),
      { pattern: '^[a-z0-9]{8,32}$' },
    ),
    {
      title: 'the ID of the setup',
      description:
        'marks at Qlik what this setup has made, so that a laptop and a pipeline agree; two setups of one deployment have two',
    },
  ).optional(),
  certificate: file({
    title: 'the certificate',
    description: 'the certificate of the signing key, which Qlik is to trust',
    otherwise: 'the file beside the private key that ends in .cer',
  }).optional(),
  origins: setting(z.array(origin()).max(100), {
    description:
      'origins of the pages that open Qlik themselves (direct mode), such as https://www.acme.example',
    form: 'list',
    otherwise: 'none: pages reach Qlik through the gateway',
  }).optional(),
}
