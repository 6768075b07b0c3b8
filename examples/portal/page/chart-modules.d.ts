// The charts come without types of their own; nebula.js takes them as they are.
declare module '@nebula.js/sn-kpi' {
  const kpi: import('@nebula.js/stardust').stardust.Visualization
  export = kpi
}

declare module '@nebula.js/sn-bar-chart' {
  const barChart: import('@nebula.js/stardust').stardust.Visualization
  export = barChart
}
