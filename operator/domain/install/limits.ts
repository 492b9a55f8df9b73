// operator/domain/install/limits.ts — how much a pack may be.
import type { InstallLimits } from '../../api/install.ts';

export const INSTALL_LIMITS: InstallLimits = {
  files: 20_000,
  fileBytes: 20 * 1024 * 1024,
  totalBytes: 200 * 1024 * 1024,
  yamlBytes: 1024 * 1024,
};
