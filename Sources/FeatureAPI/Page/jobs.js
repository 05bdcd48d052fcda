export function startJobs() {}
