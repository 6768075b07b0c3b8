/** The products of Qlik, as people choose them. */
export const products = [
  { name: 'cloud', label: 'Qlik Cloud' },
  { name: 'client-managed', label: 'client-managed Qlik' },
] as const

/** A product of Qlik. */
export type ProductName = (typeof products)[number]['name']

/** A page that shows one way to bring Qlik into an application. */
export interface View {
  /** Where it is. */
  readonly path: string
  /** Which Qlik it shows. */
  readonly product: ProductName
  /** The built page. */
  readonly file: string
  /** What the navigation calls it. */
  readonly label: string
  /** What its content security policy has to let in, beyond Qlik's REST and web sockets. */
  readonly needs: {
    /** nebula.js writes <style> elements, and its charts style attributes. */
    readonly inlineStyles?: true
    /** Frames of Qlik's pages. */
    readonly qlikFrames?: true
    /** Scripts that Qlik serves: with them Qlik's code runs in the portal's own page. */
    readonly qlikScripts?: true
  }
}

/** The views of the portal, in the order of the navigation. */
export const views: readonly View[] = [
  {
    path: '/',
    product: 'cloud',
    file: 'dashboard.html',
    label: 'nebula.js',
    needs: { inlineStyles: true },
  },
  {
    path: '/embed/iframe',
    product: 'cloud',
    file: 'iframe.html',
    label: 'iframe',
    needs: { inlineStyles: true, qlikFrames: true },
  },
  { path: '/rest', product: 'cloud', file: 'rest.html', label: 'REST', needs: {} },
  { path: '/enigma', product: 'cloud', file: 'enigma.html', label: 'enigma.js', needs: {} },
  {
    path: '/qlik-api',
    product: 'cloud',
    file: 'qlik-api.html',
    label: '@qlik/api',
    needs: { qlikScripts: true },
  },
  {
    path: '/qlik-embed',
    product: 'cloud',
    file: 'qlik-embed.html',
    label: 'qlik-embed',
    needs: { inlineStyles: true, qlikScripts: true },
  },
  {
    path: '/client-managed',
    product: 'client-managed',
    file: 'mashup.html',
    label: 'Mashup',
    needs: { inlineStyles: true, qlikScripts: true },
  },
  {
    path: '/client-managed/hub',
    product: 'client-managed',
    file: 'hub.html',
    label: 'Hub',
    needs: { qlikFrames: true },
  },
]
