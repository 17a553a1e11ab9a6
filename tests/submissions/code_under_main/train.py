import logging

logging.basicConfig(level=logging.DEBUG)
logging.getLogger(__name__).info("loaded")

if __name__ == "__main__":
    raise SystemExit("not when imported")
