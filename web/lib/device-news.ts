/**
 * Calls `listener` when a camera or microphone may be had that could not be before: permission was given in the browser's
 * settings, or something was plugged in. Until the returned function is called.
 */
export function onDeviceNews(listener: () => void): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  // Browsers keep both back outside a secure context, whatever the DOM types say.
  const { mediaDevices, permissions } = navigator as Partial<Navigator>;
  mediaDevices?.addEventListener('devicechange', listener, { signal });
  for (const name of ['camera', 'microphone'] as const) void watch(name);

  async function watch(name: 'camera' | 'microphone'): Promise<void> {
    try {
      const status = await permissions?.query({ name: name as PermissionName });
      status?.addEventListener('change', () => status.state === 'granted' && listener(), {
        signal,
      });
    } catch {
      // Not every browser tells of these two.
    }
  }
  return () => {
    controller.abort();
  };
}
