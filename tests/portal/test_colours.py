import pytest

from portal.colours import ENOUGH, LIGHTEST_DARK_PAPER, contrast, lightened


    light = lightened(colour)

    assert contrast(light, LIGHTEST_DARK_PAPER) >= ENOUGH
    assert contrast(light, "#08262a") >= ENOUGH  # what is written on it there
