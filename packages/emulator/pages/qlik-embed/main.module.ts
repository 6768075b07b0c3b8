// What a tenant serves as /qlik-embed/main.js: @qlik/api and qlik-embed load it as a plain script and
// ask it for the rest. So it neither imports nor exports, and leaves one name behind.
;(() => {
  const modules: Readonly<Record<string, string>> = {
    'auth@v1': 'auth.js',
    'qix@v1': 'qix.js',
    'invoke-fetch@v1': 'invoke-fetch.js',
    'embed-vanilla@v1': 'embed-vanilla.js',
    'initial-app-state@v1': 'initial-app-state.js',
  }
  const script = document.currentScript
  const self = new URL(script instanceof HTMLScriptElement ? script.src : location.href)

  const qlikMain = {
    /** @qlik/api looks into it on localhost. */
    INTERNAL__DO_NOT_USE: {},
    getRootUrl: () => `${self.origin}/`,
    resourceNeedsCredentials: () => false,
    import: async (name: string): Promise<unknown> => {
      const file = modules[name]
      if (file === undefined)
        throw new Error(
          `${name} is not in the emulator, which has ${Object.keys(modules).join(', ')}`,
        )
      return import(/* @vite-ignore */ new URL(file, self).href)
    },
  }
  // The first on a page stays, as others may hold it already.
  if (!('QlikMain' in window)) Object.assign(window, { QlikMain: qlikMain })
})()
