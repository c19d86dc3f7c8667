"""All that runs a network: the two bundled models, and any other of sentence-transformers."""

import os

# Read by huggingface_hub and transformers when first imported: no model is ever sought on the network.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
# Read by OpenMP when torch is first imported. Threads that wait by spinning take the processor from those
# they wait for: on a busy machine torch runs four times slower so, on an idle one a tenth faster.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
