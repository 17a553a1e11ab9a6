import pandas as pd
from sklearn.datasets import load_iris
from tqdm import tqdm
